"""Reads of the inbox."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.safestring import SafeString

from planet.accounts.models import Block, Mute, User
from planet.notifications import places, unread
from planet.notifications.filters import Filters, put_aside
from planet.notifications.models import ALWAYS_ON, Channel, Kind, Notification, Switch
from planet.notifications.sentences import sentence
from planet.web.pagination import Page, keyset_by

# The tabs of the inbox: what each shows.
TABS: dict[str, Q] = {
    "": Q(filtered=False),
    "mentions": Q(filtered=False, kind=Kind.MENTION),
    "filtered": Q(filtered=True),
}


@dataclass(frozen=True)
class Row:
    """A notification as it is shown, with its newest actors, the latest first."""

    notification: Notification
    actors: Sequence[User]

    @property
    def sentence(self) -> SafeString:
        """What it says, as HTML in the language that is active."""
        return sentence(self.notification, [person.name for person in self.actors])

    @property
    def unseen(self) -> int:
        """How many people it tells of beside those whose faces it shows."""
        return max(0, self.notification.actor_count - len(self.actors))


@dataclass(frozen=True)
class Counts:
    """How many rows are unread: in the badge, among them mentions, and put aside by filters."""

    unread: int = 0
    mentions: int = 0
    filtered: int = 0

    def as_dict(self) -> dict[str, int]:
        """For the browser, by tab."""
        return asdict(self)


@dataclass(frozen=True)
class Told:
    """Somebody to tell, and whether their filters put it aside."""

    user_id: UUID
    filtered: bool = False


def unread_count(user_id: UUID) -> int:
    """How many rows of the inbox are unread: exact, and as a rule without a query."""
    return unread.count(user_id)


def unread_counts(user_ids: Iterable[UUID]) -> dict[UUID, Counts]:
    """The unread rows of several inboxes, from the database, in one query."""
    ids = list(user_ids)
    if not ids:
        return {}
    rows = Notification.objects.filter(recipient__in=ids, read_at=None)
    by_tab = {f"in_{tab or 'all'}": Count("pk", filter=shown) for tab, shown in TABS.items()}
    counted = rows.values_list("recipient").annotate(**by_tab).order_by()
    found = {user_id: Counts(*numbers) for user_id, *numbers in counted}
    return {user_id: found.get(user_id, Counts()) for user_id in ids}


def willing(
    *, recipients: Iterable[UUID], kind: Kind, actor: User | None, where: Collection[str] = (), now: datetime
) -> list[Told]:
    """Those of `recipients` who want to hear of this kind from this actor, in the order of their ids.

    `where` are the places in which it happened; whoever has muted one hears of mentions only.
    """
    recipients = set(recipients)
    if where and kind not in places.PIERCING:
        recipients -= places.deaf(where, sorted(recipients))
    people = User.objects.filter(pk__in=set(recipients) - {actor.pk if actor else None}, is_active=True, is_bot=False)
    if kind not in ALWAYS_ON:
        off = Switch.objects.filter(user=OuterRef("pk"), kind=kind, channel=Channel.APP, wanted=False)
        people = people.exclude(Exists(off))
    if actor is None:
        return [Told(pk) for pk in people.order_by("pk").values_list("pk", flat=True)]
    people = people.exclude(
        Exists(Block.objects.filter(owner=OuterRef("pk"), target=actor.pk))
        | Exists(Block.objects.filter(owner=actor.pk, target=OuterRef("pk")))
        | Exists(Mute.objects.filter(owner=OuterRef("pk"), target=actor.pk))
    )
    flags = [f"notification_preferences__filter_{name}" for name in ("strangers", "new", "faceless", "unverified")]
    found = list(people.order_by("pk").values_list("pk", *flags))
    filters = {pk: Filters(*wanted) for pk, *wanted in found if any(wanted) and kind not in ALWAYS_ON}
    aside = put_aside(actor, filters, now)
    return [Told(pk, pk in aside) for pk, *_ in found]


def with_actors(notifications: Iterable[Notification]) -> list[Row]:
    """The same rows with the people they show, in one query."""
    found = list(notifications)
    people = User.objects.in_bulk({pk for row in found for pk in row.newest_actors})
    return [Row(row, [people[pk] for pk in row.newest_actors if pk in people]) for row in found]


def inbox(*, user: User, tab: str, after: str | None) -> Page[Row]:
    """One page of a tab of the person's inbox, what happened last first. Raises KeyError for a tab there is none of."""
    rows: QuerySet[Notification] = Notification.objects.filter(TABS[tab], recipient=user)
    page = keyset_by(rows, "updated_at", after=after)
    return Page(with_actors(page.items), page.after)
