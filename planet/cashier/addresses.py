"""Addresses of the networks that USDT moves on. What is mistyped has a wrong checksum, and is refused."""

import hashlib
import re
from typing import Final

from Crypto.Hash import keccak
from django.db import models
from django.utils.translation import gettext_lazy as _

_TRON: Final = re.compile(r"T[1-9A-HJ-NP-Za-km-z]{33}")
_ETHEREUM: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Network(models.TextChoices):
    """Where USDT moves."""

    TRON = "tron", _("TRON (TRC-20)")
    ETHEREUM = "ethereum", _("Ethereum (ERC-20)")


def is_address(address: str, network: str) -> bool:
    """Whether it is an address of the network, with a right checksum where it has one."""
    if network == Network.TRON:
        return bool(_TRON.fullmatch(address)) and _is_base58check(address)
    return bool(_ETHEREUM.fullmatch(address)) and _is_checksummed(address[2:])


def _is_base58check(address: str) -> bool:
    """21 bytes, the first of them 0x41, and four of the double SHA-256 of those."""
    number = 0
    for character in address:
        number = number * 58 + _ALPHABET.index(character)
    if number >= 1 << 200:
        return False
    raw = number.to_bytes(25)
    return raw[0] == 0x41 and hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def _is_checksummed(digits: str) -> bool:
    """EIP-55: a letter is upper case where the hash of all in lower case has a digit of eight or more.

    All in one case carries no checksum, and is what many wallets show.
    """
    if digits in {digits.lower(), digits.upper()}:
        return True
    hashed = keccak.new(digest_bits=256, data=digits.lower().encode()).hexdigest()
    return all(c.isdigit() or c.isupper() == (int(h, 16) >= 8) for c, h in zip(digits, hashed, strict=False))
