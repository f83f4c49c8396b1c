"""Rows for tests, as small as they can be; each returns a saved model."""

import itertools
import uuid
from datetime import UTC, datetime
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models import F
from django.utils import timezone

from creators.models import Creator
from groups.models import Channel, Group, GroupKind, Membership, Message, ReadPosition
from planet.accounts.models import KycState, User, VerifiedIdentity
from planet.engagement.models import Interaction, Kind
from planet.ledger.actions import account_of, move
from planet.ledger.assets import Asset
from planet.ledger.kinds import DEPOSIT, AccountKind
from planet.ledger.models import Account
from posts.models import Draft, Post

PASSWORD = "correct horse battery"
PAID_IN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
_fills = itertools.count()


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


def make_user(handle: str, **fields: Any) -> User:
    """A person who signed up and confirmed the e-mail address."""
    email = fields.pop("email", f"{handle}@example.com")
    # Argon2 is slow on purpose; the same hash does for everybody.
    user = User.objects.create(email=email.lower(), handle=handle.lower(), password=_hashed(), **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def known(person: User) -> User:
    """The same person, whose identity check stands."""
    User.objects.filter(pk=person.pk).update(kyc_state=KycState.APPROVED)
    VerifiedIdentity.objects.create(identity_hash=f"of {person.handle}", user=person)
    person.refresh_from_db()
    return person


def make_creator(handle: str, **fields: Any) -> Creator:
    """A verified person with a creator profile."""
    name = fields.pop("display_name", handle.title())
    user = make_user(handle, kyc_state=KycState.APPROVED, is_creator=True, display_name=name)
    return Creator.objects.create(user=user, **fields)


def make_post(creator: Creator, text: str = "Funding on $SOL went negative.", **fields: Any) -> Post:
    """A published post, as a row: no tags, no notifications."""
    return Post.objects.create(creator=creator, client_id=uuid.uuid4(), text=text, **fields)


def make_deed(kind: Kind, viewer: User, post: Post, **fields: Any) -> Interaction:
    """Something a reader did with a post after looking at it for long enough."""
    ref = uuid.uuid4() if kind in (Kind.COMMENT, Kind.SHARE) else post.pk
    seen = {"at": post.created_at, "dwell_ms": 3000, "is_served": True, "characters": 15}
    return Interaction.objects.create(
        **{"kind": kind, "viewer": viewer, "creator_id": post.creator_id, "content_id": post.pk, "ref": ref, **seen}
        | fields
    )


def make_draft(creator: Creator, text: str = "Not finished", **content: list[str]) -> Draft:
    """A draft that says this; more of the form's fields as `field=[values]`."""
    return Draft.objects.create(pk=uuid.uuid4(), creator=creator, content={"text": [text], **content})


def make_group(owner: User, name: str = "Basis & Funding", *members: User, **fields: Any) -> Group:
    """A group with a channel, as rows; its owner and `members` are in. Conversations: kind="direct"."""
    direct = fields.get("kind") == GroupKind.DIRECT
    fields.setdefault("handle", None if direct else f"g{uuid.uuid4().hex[:12]}")
    group = Group.objects.create(owner=owner, name=name, members_count=1 + len(members), **fields)
    Channel.objects.create(group=group, name="" if direct else "general")
    for user in (owner, *members):
        make_member(group, user)
    return group


def make_member(group: Group, user: User, **fields: Any) -> Membership:
    """`user` in `group`, as a row, having read every channel there is; nothing is counted."""
    fields.setdefault("accepted_at", timezone.now())
    for channel in group.channels.filter(root=None):
        ReadPosition.objects.get_or_create(user=user, channel=channel, defaults={"number": channel.last_number})
    return Membership.objects.create(group=group, user=user, **fields)


def make_message(channel: Channel, author: User, text: str = "Is the leg filled?", **fields: Any) -> Message:
    """A message at the channel's end, as a row: nobody is told."""
    Channel.objects.filter(pk=channel.pk).update(
        last_number=F("last_number") + 1,
        last_revision=F("last_revision") + 1,
        last_message_at=fields.setdefault("created_at", timezone.now()),
    )
    channel.refresh_from_db()
    fields.setdefault("client_id", uuid.uuid4())
    return Message.objects.create(
        channel=channel,
        author=author,
        text=text,
        number=channel.last_number,
        revision=channel.last_revision,
        **fields,
    )


def fill(owner: User, units: int = 0, asset: Asset = Asset.USDT) -> Account:
    """A person's available account, with so many units in it that came from outside."""
    account = account_of(owner, AccountKind.AVAILABLE, asset)
    if units:
        outside, key = account_of(None, AccountKind.EXTERNAL, asset), f"fill-{next(_fills)}"
        move(kind=DEPOSIT, source=outside, target=account, units=units, key=key, actor=None, now=PAID_IN)
    return account
