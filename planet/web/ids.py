"""Identifiers that leave the server: UUID version 7, ordered by time (RFC 9562)."""

import uuid

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> uuid.UUID:
    """A new identifier; later ones sort after earlier ones."""
    return _uuid7()
