"""Who we are, for push services: a key of our own that signs every message (RFC 8292)."""

import json
import os
import secrets
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.conf import settings

from planet.notifications.push.sealing import CURVE, decode, encode, point

VALID = timedelta(hours=12)  # a push service refuses more than 24
FILE = "vapid.key"


def generate() -> str:
    """A new private key: 32 bytes, base64url."""
    return encode(ec.generate_private_key(CURVE).private_numbers().private_value.to_bytes(32))


def load(text: str) -> ec.EllipticCurvePrivateKey:
    """The key that `generate` wrote. Raises ValueError."""
    return ec.derive_private_key(int.from_bytes(decode(text)), CURVE)


def configured() -> bool:
    """Whether there is a key: given, or made by ourselves where that is allowed. Production is given one."""
    return bool(settings.VAPID_PRIVATE_KEY) or not settings.PRODUCTION


def key() -> ec.EllipticCurvePrivateKey:
    """Our key. Without one in the settings (not in production) one is made, once, in DATA_DIR."""
    return _key(settings.VAPID_PRIVATE_KEY or "", settings.DATA_DIR / FILE)


@cache
def _key(given: str, path: Path) -> ec.EllipticCurvePrivateKey:
    return load(given or _kept(path))


def _kept(path: Path) -> str:
    """The key in the file, which is made if need be; of several processes at once, one makes it and all read it."""
    if not path.exists():
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(generate())
        try:
            path.hardlink_to(part)  # fails where another was first; renaming would take its key away
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return path.read_text().strip()


def public_key() -> str:
    """What browsers subscribe with: our public key, base64url."""
    return encode(point(key().public_key()))


def authorization(endpoint: str, *, now: datetime) -> str:
    """The header that signs a message to this endpoint."""
    place = urlsplit(endpoint)
    claims = {
        "aud": f"{place.scheme}://{place.netloc}",
        "exp": int((now + VALID).timestamp()),
        "sub": settings.PUSH_CONTACT,
    }
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in ({"typ": "JWT", "alg": "ES256"}, claims)]
    signed = ".".join(encode(part) for part in parts)
    r, s = decode_dss_signature(key().sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"vapid t={signed}.{encode(r.to_bytes(32) + s.to_bytes(32))}, k={public_key()}"
