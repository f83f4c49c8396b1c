"""Writes: becoming a creator, the profile, following, and the nightly proof of the counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Count, F, Model, QuerySet

from creators import broadcasts, locks
from creators.models import Bell, Creator, Follow
from planet.accounts import actions as accounts
from planet.accounts import queries as people
from planet.accounts.models import User
from planet.engagement import actions as engagement
from planet.notifications import actions as notifications
from planet.notifications.models import Kind


class NotReady(Exception):
    """Somebody who may not be a creator yet: the e-mail address or the identity is not verified."""


class CannotFollow(Exception):
    """One of the two has blocked the other, or they are the same person."""


# --- becoming a creator -------------------------------------------------------------------------------------------


@transaction.atomic
def activate(*, actor: User, display_name: str, now: datetime) -> Creator:
    """Give a verified person a creator profile. Doing it again, or twice at once, gives the same profile.

    Raises NotReady, and ValidationError for a display name that nobody may carry.
    """
    # The lock makes the second of two activations wait and then find the first's profile.
    (person,) = locks.people([actor.pk])
    existing = Creator.objects.select_related("user").filter(pk=person.pk).first()
    if existing:
        return existing
    if not (person.is_active and person.is_verified and has_verified_email(person)):
        raise NotReady
    accounts.become_creator(user=person, display_name=display_name, now=now)
    return Creator.objects.create(user=person, created_at=now)


def has_verified_email(person: User) -> bool:
    """Whether the person has proved that their e-mail address is theirs."""
    verified: bool = EmailAddress.objects.filter(user=person, verified=True).exists()
    return verified


# --- profile ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Profile:
    """What a creator says about themselves; a picture is a key, "" for none."""

    display_name: str
    bio: str = ""
    links: Sequence[dict[str, str]] = field(default_factory=list)
    languages: Sequence[str] = field(default_factory=list)
    topics: Sequence[str] = field(default_factory=list)
    avatar: str = ""
    banner: str = ""
    shows_tips: bool = False


@transaction.atomic
def edit_profile(*, actor: Creator, profile: Profile, now: datetime) -> None:
    """Change the actor's profile. Raises RenamedTooSoon or ValidationError for the name; then nothing changes.

    Pictures that are replaced stay until the nightly sweep: pages that are open still show them.
    """
    accounts.rename(user=actor.user, new=profile.display_name, now=now)
    actor.bio, actor.banner = profile.bio, profile.banner
    actor.links, actor.languages, actor.topics = list(profile.links), list(profile.languages), list(profile.topics)
    actor.shows_tips = profile.shows_tips
    actor.save(update_fields=["bio", "banner", "links", "languages", "topics", "shows_tips"])
    actor.user.avatar = profile.avatar
    actor.user.save(update_fields=["avatar"])


# --- following ----------------------------------------------------------------------------------------------------


@transaction.atomic
def follow(*, actor: User, creator: Creator, now: datetime) -> bool:
    """`actor` reads `creator` from now on; False when they did already. Raises CannotFollow."""
    if actor.pk == creator.pk:
        raise CannotFollow
    locks.pair(actor.pk, creator.pk)
    if people.blocked_between(actor.pk, creator.pk):
        raise CannotFollow
    _row, is_new = Follow.objects.get_or_create(follower=actor, creator=creator, defaults={"created_at": now})
    if is_new:
        _count(creator.pk, actor.pk, by=1)
        notifications.notify(
            recipients=[creator.pk],
            kind=Kind.FOLLOW,
            actor=actor,
            group_key=f"follow:{creator.pk}",
            url=f"{creator.get_absolute_url()}followers/",
            now=now,
        )
        transaction.on_commit(partial(broadcasts.followers, creator.pk), robust=True)
    return is_new


@transaction.atomic
def unfollow(*, actor: User, creator: Creator) -> bool:
    """`actor` reads `creator` no more; False when they did not."""
    locks.pair(actor.pk, creator.pk)
    ended = _drop(locks.follows(actor.pk, creator.pk), follower_id=actor.pk)
    if ended:
        # What they listened to may have been for followers only: their sockets connect again and are asked anew.
        accounts.cut_sockets(actor.pk)
    return ended


@transaction.atomic
def ring(*, actor: User, creator: Creator, now: datetime) -> None:
    """Tell `actor` of every new post of a creator whom they follow. Raises CannotFollow for one they do not."""
    row = Follow.objects.select_for_update().filter(follower=actor, creator=creator).first()
    if row is None:
        raise CannotFollow
    Bell.objects.get_or_create(follow=row, defaults={"creator": creator, "created_at": now})


def unring(*, actor: User, creator: Creator) -> None:
    """No bell for `actor` any more when this creator posts."""
    Bell.objects.filter(follow__follower=actor, follow__creator=creator).delete()


@transaction.atomic
def sever(one: UUID, other: UUID) -> None:
    """End every follow between two people; called with the block, in its transaction."""
    locks.pair(one, other)
    _drop(locks.follows(one, other))


def _drop(rows: Sequence[Follow], follower_id: UUID | None = None) -> bool:
    """Delete locked follows (only those of one follower, if given) and take them off the counts."""
    going = [row for row in rows if follower_id in (None, row.follower_id)]
    Follow.objects.filter(pk__in=[row.pk for row in going]).delete()
    # All creators before any person, each in order: two severs cannot hold what the other waits for.
    locks.creators(row.creator_id for row in going)
    followers = {person.pk: person for person in locks.people(row.follower_id for row in going)}
    for row in going:
        _count(row.creator_id, row.follower_id, by=-1)
        notifications.withdraw(
            actor=followers[row.follower_id], group_key=f"follow:{row.creator_id}", recipient_id=row.creator_id
        )
        transaction.on_commit(partial(broadcasts.followers, row.creator_id), robust=True)
    return bool(going)


def _count(creator_id: UUID, follower_id: UUID, *, by: int) -> None:
    Creator.objects.filter(pk=creator_id).update(followers_count=F("followers_count") + by)
    engagement.followers_changed(creator_id, gained=max(by, 0), lost=max(-by, 0))
    User.objects.filter(pk=follower_id).update(following_count=F("following_count") + by)


@transaction.atomic
def block(*, actor: User, target: User, now: datetime) -> None:
    """Block somebody: neither follows, sees or answers the other any more. Raises accounts' NotOneself."""
    locks.pair(actor.pk, target.pk)
    accounts.block(actor=actor, target=target, now=now)
    sever(actor.pk, target.pk)
    # Whatever the two were listening to of each other ends now: their sockets connect again and are asked anew.
    accounts.cut_sockets(actor.pk)
    accounts.cut_sockets(target.pk)


# --- proof of the counts ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drift:
    """A count that was wrong, and is right now."""

    table: str
    key: UUID
    was: int
    is_now: int


def repair_counts() -> list[Drift]:
    """Recount followers and followings, and set right what differs. Returns what differed; nothing ever should.

    One pass finds suspects without a lock; each is then counted again under the lock that every writer of its counter
    holds until commit, so that a follow happening at this moment is neither missed nor taken for drift.
    """
    found = []
    for key in _suspects(Creator.objects.annotate(real=Count("followers")), "followers_count"):
        found += _repair(Creator.objects.all(), key, "followers_count", Follow.objects.filter(creator=key))
    for key in _suspects(User.objects.annotate(real=Count("follows")), "following_count"):
        found += _repair(User.objects.all(), key, "following_count", Follow.objects.filter(follower=key))
    return found


def _suspects(counted: QuerySet[Model], counter: str) -> list[UUID]:
    keys: list[UUID] = list(counted.exclude(real=F(counter)).order_by("pk").values_list("pk", flat=True))
    return keys


@transaction.atomic
def _repair(rows: QuerySet[Model], key: UUID, counter: str, counted: QuerySet[Follow]) -> list[Drift]:
    row = rows.select_for_update(no_key=True).get(pk=key)
    was, real = getattr(row, counter), counted.count()
    if was == real:
        return []
    rows.filter(pk=key).update(**{counter: real})
    return [Drift(row._meta.db_table, key, was, real)]
