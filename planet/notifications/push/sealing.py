"""Messages that only the browser can open: aes128gcm content encoding (RFC 8188) with Web Push's keys (RFC 8291).

Written out here because it is thirty lines on top of `cryptography`, which we have; tests hold it to the vector of
RFC 8291, appendix A. See docs/adr for what pywebpush would have brought along.
"""

import base64
import os
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_SIZE = 4096
# A push service need not take more than 4,096 bytes: header 86, tag 16, delimiter 1.
MOST_BYTES = RECORD_SIZE - 86 - 16 - 1
CURVE = ec.SECP256R1()


class BadKeys(ValueError):
    """Keys that no browser can have sent."""


@dataclass(frozen=True)
class Keys:
    """A browser's half: its public key (a point of P-256, uncompressed) and its shared secret."""

    public: ec.EllipticCurvePublicKey
    auth: bytes

    @classmethod
    def parse(cls, p256dh: str, auth: str) -> "Keys":
        """The keys as a browser writes them, base64url. Raises BadKeys."""
        try:
            public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(p256dh))
            secret = decode(auth)
        except (ValueError, InvalidKey):
            raise BadKeys from None
        if len(secret) != 16:
            raise BadKeys
        return cls(public, secret)


def encode(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """What `encode` wrote, with or without padding. Raises ValueError."""
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def seal(
    message: bytes, keys: Keys, *, own: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """The body of a push message: one record, with a key and a salt of its own. Raises ValueError when too long."""
    if len(message) > MOST_BYTES:
        raise ValueError("too long for a push message")
    own = own or ec.generate_private_key(CURVE)
    salt = salt or os.urandom(16)
    ours = point(own.public_key())
    secret = own.exchange(ec.ECDH(), keys.public)
    info = b"WebPush: info\0" + point(keys.public) + ours
    material = HKDF(hashes.SHA256(), 32, salt=keys.auth, info=info).derive(secret)
    key = HKDF(hashes.SHA256(), 16, salt=salt, info=b"Content-Encoding: aes128gcm\0").derive(material)
    nonce = HKDF(hashes.SHA256(), 12, salt=salt, info=b"Content-Encoding: nonce\0").derive(material)
    header = salt + struct.pack("!IB", RECORD_SIZE, len(ours)) + ours
    return header + AESGCM(key).encrypt(nonce, message + b"\x02", None)
