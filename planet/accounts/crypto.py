"""Secrets at rest: what is stored is encrypted, and an identity is known only by its keyed hash."""

import base64
import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

__all__ = ["InvalidToken", "decrypt", "encrypt", "identity_hash", "name_trace", "trace"]


_ALIKE = str.maketrans("OI", "01")


def _derive(secret: str, purpose: bytes) -> bytes:
    """32 bytes of key from a secret of any length (HKDF-SHA256, RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"planet." + purpose).derive(secret.encode())


@lru_cache(maxsize=4)
def _cipher(secrets: str) -> MultiFernet:
    """Fernet (AES-128-CBC, HMAC-SHA256). Several secrets, split by commas: the first encrypts, all decrypt."""
    keys = (base64.urlsafe_b64encode(_derive(secret, b"seal")) for secret in secrets.split(",") if secret)
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(data: bytes) -> bytes:
    """The data, encrypted and authenticated."""
    return _cipher(settings.ENCRYPTION_KEY).encrypt(data)


def decrypt(data: bytes) -> bytes:
    """What was encrypted. Raises InvalidToken when the data was changed or the key is another."""
    return _cipher(settings.ENCRYPTION_KEY).decrypt(data)


def identity_hash(country: str, number: str) -> str:
    """The identity that a document stands for, as HMAC-SHA256 in hex.

    Country and number only: whoever calls a passport an identity card the second time is no other person.
    The number is normalised first (compatibility forms folded, upper case, letters and digits only), so that
    spaces and dashes do not make another person; O and 0, I and 1 are one, for nobody sees them apart. The pepper is
    a secret of its own: numbers are few enough to be guessed from a plain hash, and the encryption key can be rotated
    without forgetting who is who.
    """
    normal = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", number).upper()).translate(_ALIKE)
    message = "\x1f".join([country.upper(), normal])
    key = _derive(settings.KYC_IDENTITY_PEPPER, b"identity")
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


def trace(purpose: str, value: str) -> UUID:
    """What a browser's cookie or a block of addresses is known by: 16 bytes of HMAC-SHA256, keyed from SECRET_KEY.

    With another SECRET_KEY nothing is known again; what was stored before is forgotten within weeks anyway.
    """
    return _traced(_trace_key(settings.SECRET_KEY, f"trace.{purpose}"), value)


def name_trace(value: str) -> UUID:
    """What a legal name is known by; keyed as identities are, for it is kept as long."""
    return _traced(_trace_key(settings.KYC_IDENTITY_PEPPER, "trace.name"), value)


@lru_cache(maxsize=8)
def _trace_key(secret: str, purpose: str) -> bytes:
    return _derive(secret, purpose.encode())


def _traced(key: bytes, value: str) -> UUID:
    return UUID(bytes=hmac.digest(key, value.encode(), "sha256")[:16])
