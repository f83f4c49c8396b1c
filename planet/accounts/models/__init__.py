"""Who people are, what they decided about each other, and how they proved who they are."""

from planet.accounts.models.kyc import Details, DocumentType, KycApplication, KycCallback, KycEvent, VerifiedIdentity
from planet.accounts.models.relations import Block, Mute
from planet.accounts.models.traces import BlockTrace, DeviceTrace, NameTrace
from planet.accounts.models.user import (
    ActiveDay,
    DisplayNameChange,
    KycState,
    MentionsFrom,
    TrustLevel,
    User,
    UserManager,
)

__all__ = [
    "ActiveDay",
    "Block",
    "BlockTrace",
    "Details",
    "DeviceTrace",
    "DisplayNameChange",
    "DocumentType",
    "KycApplication",
    "KycCallback",
    "KycEvent",
    "KycState",
    "MentionsFrom",
    "Mute",
    "NameTrace",
    "TrustLevel",
    "User",
    "UserManager",
    "VerifiedIdentity",
]
