"""Groups, who is in them, what they say, and how they are kept in order."""

from groups.models.automod import AutomodRule, RuleAction, RuleKind
from groups.models.bots import Bot
from groups.models.exporting import Export, ExportState
from groups.models.groups import Admission, Channel, ChannelKind, Group, GroupKind, Visibility
from groups.models.joining import InviteLink, InviteUse, JoinRequest, Question, RequestState
from groups.models.members import Ban, Level, Membership, Restriction, Role
from groups.models.messages import Attachment, AttachmentKind, Message, MessageKind, MessageMention, Pin, Reaction
from groups.models.oversight import LogEntry, OwnershipTransfer, Sanction, SanctionLevel
from groups.models.polls import Poll, PollVote
from groups.models.previews import MessagePreview, Preview
from groups.models.reading import ReadPosition
from groups.models.search import MessageWords

__all__ = [
    "Admission",
    "Attachment",
    "AttachmentKind",
    "AutomodRule",
    "Ban",
    "Bot",
    "Channel",
    "ChannelKind",
    "Export",
    "ExportState",
    "Group",
    "GroupKind",
    "InviteLink",
    "InviteUse",
    "JoinRequest",
    "Level",
    "LogEntry",
    "Membership",
    "Message",
    "MessageKind",
    "MessageMention",
    "MessagePreview",
    "MessageWords",
    "OwnershipTransfer",
    "Pin",
    "Poll",
    "PollVote",
    "Preview",
    "Question",
    "Reaction",
    "ReadPosition",
    "RequestState",
    "Restriction",
    "Role",
    "RuleAction",
    "RuleKind",
    "Sanction",
    "SanctionLevel",
    "Visibility",
]
