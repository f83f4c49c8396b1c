"""Who may hear of prices: everybody, of an instrument that there is."""

from uuid import UUID

from planet.markets import instruments


def may_listen(user_id: UUID | None, key: str) -> bool:  # noqa: ARG001  # the shape of an authorisation
    """Whether `market:<key>` is a topic; the key is the symbol in its one spelling."""
    return key in instruments.INSTRUMENTS
