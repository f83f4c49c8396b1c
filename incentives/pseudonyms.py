"""Names of a week: whoever and whatever stands in the published inputs does so under a pseudonym of that week.

The first sixteen bytes of HMAC-SHA256 over the sixteen bytes of the real id, keyed with the week's secret salt.
The same in Python, for one id, and in SQL, for millions. One id has one pseudonym in all files, so that whoever
recomputes sees that a viewer is also a creator; the next week it is another one (docs/adr/0023).
"""

import hmac
from typing import Final
from uuid import UUID

_BLOCK: Final = 64  # bytes of a SHA-256 block
# Takes an expression of type uuid; with the parameters of `keys`.
IN_SQL: Final = (
    "encode(substr(sha256(%(outer)s::bytea || sha256(%(inner)s::bytea || uuid_send({0}))), 1, 16), 'hex')::uuid"
)


def pseudonym(salt: bytes, real: UUID) -> UUID:
    """What this id is called in the week with that salt."""
    return UUID(bytes=hmac.digest(salt, real.bytes, "sha256")[:16])


def keys(salt: bytes) -> dict[str, bytes]:
    """The two keys of HMAC, for IN_SQL. The salt has at most 64 bytes."""
    padded = salt.ljust(_BLOCK, b"\0")
    return {"inner": bytes(byte ^ 0x36 for byte in padded), "outer": bytes(byte ^ 0x5C for byte in padded)}
