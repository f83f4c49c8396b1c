"""What a provider does. Every call may be repeated: whatever has been asked for under a key is done once."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from planet.ledger.assets import Asset


class Away(Exception):
    """The provider does not answer, or not sensibly: nobody knows whether it was done. Ask again, with the same key."""


class Progress(StrEnum):
    """How far a payout is at the provider."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    FAILED = "failed"


@dataclass(frozen=True)
class Payout:
    """What is to be paid to an address; `key` names it, however often it is asked for."""

    key: UUID
    asset: Asset
    units: int
    network: str
    address: str


@dataclass(frozen=True)
class Answer:
    """What the provider says of a payout: its own id for it, how far it is, the chain's id, and why it failed."""

    reference: str
    progress: Progress
    chain_id: str = ""
    reason: str = ""


class Provider(Protocol):
    """Carries money in and out."""

    name: str

    def address(self, *, account: UUID, network: str) -> str:
        """Where an account's deposits arrive; the same each time. Raises Away."""
        ...

    def send(self, payout: Payout) -> Answer:
        """Pay it out, or say how far it is when that was asked for before. Raises Away."""
        ...

    def find(self, payout: Payout) -> Answer | None:
        """How far a payout is; None when the provider has never heard of its key. Raises Away."""
        ...
