"""Messages as templates show them: dressed with what hangs on them, and drawn as one fragment.

The fragment is the same for page, answer, broadcast and catch-up, and for every reader: what is mine, what mentions me,
what I may do, and whether the row above has the same author, the browser adds by data-attributes.
"""

from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from groups.access import Standing
from groups.models import Attachment, Group, Membership, Message, Pin, Reaction
from groups.rights import FOR_HELPERS

# Adds what it knows (a poll, a preview) to some messages of one group: in a number of queries that does not grow.
Dresser = Callable[[Sequence[Message]], None]

_HELPING: Final = sum(int(right) for right in FOR_HELPERS)
_dressers: list[Dresser] = []
KEPT: Final = 5_000  # drawn rows, of about a kilobyte each
_drawn: dict[tuple[object, ...], SafeString] = {}


def register(dresser: Dresser) -> None:
    """Say, at start-up, who adds something to messages that are about to be shown."""
    _dressers.append(dresser)


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands beside an author's name: `kind` is "own" for the owner, "adm" for who looks after the group."""

    text: str = ""
    kind: str = ""


def with_people(rows: QuerySet[Message]) -> QuerySet[Message]:
    """Messages with the people that `dress` and the fragment read, in one query."""
    return rows.select_related("author", "reply_to__author")


def dress(messages: Sequence[Message], *, group: Group, pinned: Set[UUID] | None = None) -> Sequence[Message]:
    """Add to messages of one group what their fragments show; three queries, and one for each kind of thing.

    `pinned` are all pinned messages of their channel, where they were read already: one query less.
    """
    living = [message for message in messages if message.deleted_at is None]
    marks = _marks(group, {message.author_id for message in living})
    if pinned is None:
        pinned = set(Pin.objects.filter(message__in=living, removed_at=None).values_list("message", flat=True))
    attached = _attached(living)
    for message in messages:
        _dress(message, marks.get(message.author_id, Mark()), attached.get(message.pk, ()))
        message.pinned = message.pk in pinned
    for dresser in _dressers:
        dresser(living)
    return messages


def dress_plain(message: Message, who: Standing) -> Message:
    """The same for a new message of words alone, whose author's standing is known: no query."""
    _dress(message, mark(who), ())
    return message


def _dress(message: Message, shown: Mark, files: Sequence[Attachment]) -> None:
    message.mark, message.mark_kind = shown.text, shown.kind
    message.files = files


def fragment(message: Message, cont: str = "") -> SafeString:
    """A dressed message as HTML. `cont` is a page's hint that the row goes on from the one above.

    Whoever comes back asks for the rows that others have just been sent, and a page shows what the page before showed:
    so drawn rows are kept in the process, under everything that a row shows.
    """
    key = _key(message, cont)
    if key is None:
        return _draw(message, cont)
    found = _drawn.get(key)
    if found is None:
        found = _draw(message, cont)
        if len(_drawn) >= KEPT:
            _drawn.clear()
        _drawn[key] = found
    return found


def _draw(message: Message, cont: str) -> SafeString:
    return render_to_string("groups/_message.html", {"m": message, "cont": cont})


def _key(message: Message, cont: str) -> tuple[object, ...] | None:
    """Everything that a row depends on; None for one that shows what changes by itself: a card, a poll, a preview."""
    if message.card or message.poll or message.preview:
        return None
    author, answered = message.author, message.reply_to
    return (
        message.pk,
        message.revision,
        get_language(),
        cont,
        message.mark,
        message.mark_kind,
        message.pinned,
        author.name,
        author.avatar,
        author.is_verified,
        tuple(file.pk for file in message.files),
        (answered.pk, answered.revision, answered.author.name) if answered else None,
    )


def mine(messages: Iterable[Message], *, user_id: UUID) -> dict[str, list[str]]:
    """What somebody reacted with to some messages; asks only about those that have reactions."""
    ids = [message.pk for message in messages if message.reactions]
    found: dict[str, list[str]] = {}
    rows = Reaction.objects.filter(message__in=ids, user=user_id).order_by("pk") if ids else Reaction.objects.none()
    for message_id, emoji in rows.values_list("message", "emoji"):
        found.setdefault(str(message_id), []).append(emoji)
    return found


# --- the parts --------------------------------------------------------------------------------------------------------


def mark(who: Standing) -> Mark:
    """What stands beside a member's name."""
    return _mark(who.group, who.member)


def _mark(group: Group, member: Membership) -> Mark:
    role = member.role
    shown = member.title or (role.name if role else "")
    if member.user_id == group.owner_id:
        return Mark(shown or gettext("Owner"), "own")
    return Mark(shown, "adm" if role and role.rights & _HELPING else "")


def _marks(group: Group, author_ids: Collection[UUID]) -> dict[UUID, Mark]:
    """What stands beside these members' names; whoever left has nothing."""
    if not author_ids:
        return {}
    rows = Membership.objects.filter(group=group, user__in=author_ids, accepted_at__isnull=False)
    return {row.user_id: _mark(group, row) for row in rows.select_related("role")}


def _attached(messages: Iterable[Message]) -> dict[UUID, list[Attachment]]:
    found: dict[UUID, list[Attachment]] = {}
    rows = Attachment.objects.filter(message__in=[message.pk for message in messages])
    for row in rows.order_by("message", "position"):
        if row.message_id:
            found.setdefault(row.message_id, []).append(row)
    return found
