"""Reads of the inbox."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.safestring import SafeString

from planet.accounts.models import Block, Mute, User
from planet.notifications import unread
from planet.notifications.models import ALWAYS_ON, Kind, Notification, Switch
from planet.notifications.sentences import sentence
from planet.web.pagination import Page, keyset_by_time


@dataclass(frozen=True)
class Row:
    """A notification as it is shown, with its newest actors, the latest first."""

    notification: Notification
    actors: Sequence[User]

    @property
    def sentence(self) -> SafeString:
        """What it says, as HTML in the language that is active."""
        return sentence(self.notification, [person.name for person in self.actors])


def unread_count(user_id: UUID) -> int:
    """How many rows of the inbox are unread: exact, and as a rule without a query."""
    return unread.count(user_id)


def unread_counts(user_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The unread rows of several inboxes, from the database, in one query."""
    ids = list(user_ids)
    if not ids:
        return {}
    rows = Notification.objects.filter(recipient__in=ids, read_at=None)
    counted = dict(rows.values_list("recipient").annotate(Count("pk")).order_by())
    return {user_id: counted.get(user_id, 0) for user_id in ids}


def willing(*, recipients: Iterable[UUID], kind: Kind, actor_id: UUID | None) -> list[UUID]:
    """Those of `recipients` who want to hear of this kind from this actor, in the order of their ids."""
    people = User.objects.filter(pk__in=set(recipients) - {actor_id}, is_active=True)
    if kind not in ALWAYS_ON:
        people = people.exclude(Exists(Switch.objects.filter(user=OuterRef("pk"), kind=kind)))
    if actor_id:
        people = people.exclude(
            Exists(Block.objects.filter(owner=OuterRef("pk"), target=actor_id))
            | Exists(Block.objects.filter(owner=actor_id, target=OuterRef("pk")))
            | Exists(Mute.objects.filter(owner=OuterRef("pk"), target=actor_id))
        )
    return list(people.order_by("pk").values_list("pk", flat=True))


def with_actors(notifications: Iterable[Notification]) -> list[Row]:
    """The same rows with the people they show, in one query."""
    found = list(notifications)
    people = User.objects.in_bulk({pk for row in found for pk in row.newest_actors})
    return [Row(row, [people[pk] for pk in row.newest_actors if pk in people]) for row in found]


def inbox(*, user: User, kind: Kind | None, after: str | None) -> Page[Row]:
    """One page of the person's inbox, of all kinds or one, what happened last first."""
    rows: QuerySet[Notification] = Notification.objects.filter(recipient=user)
    if kind:
        rows = rows.filter(kind=kind)
    page = keyset_by_time(rows, after=after, time="updated_at")
    return Page(with_actors(page.items), page.after)


def switched_off(user: User) -> set[str]:
    """The kinds that the person does not want."""
    return set(Switch.objects.filter(user=user).values_list("kind", flat=True))
