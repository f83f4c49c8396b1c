"""A row for every room."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from io import BytesIO

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from discover.models import Trend
from groups.models import Sanction
from incentives.actions.policies import write
from incentives.models import Award, Cluster, Evidence, LinkAppeal, Member, Settlement
from incentives.weeks import WEEK as SEVEN_DAYS
from incentives.weeks import week_of
from planet.accounts import crypto
from planet.accounts.kyc import documents
from planet.accounts.models import DisplayNameChange, KycApplication, User
from planet.cashier.actions.depositing import credit
from planet.cashier.models import Withdrawal
from planet.ledger import holds
from planet.ledger.assets import Asset
from planet.moderation.actions import record
from planet.moderation.reports.actions import report
from planet.notifications.models import Kind, Notification
from planet.tips.actions import send
from planet.web import images
from posts.models import Comment, Post, PostPicture, PostRevision, Tag
from posts.reports import POST
from posts.tipping import POST as TIPPED
from tests.cast import Cast
from tests.factories import make_creator, make_group, make_post, make_user
from tests.incentives.conftest import RULES

NOW = timezone.now()


def drawn(width: int = 640, height: int = 480) -> BytesIO:
    """A picture file."""
    file = BytesIO()
    Image.new("RGB", (width, height), "#7c6cff").save(file, "PNG")
    file.seek(0)
    return file


@cache
def stored(kind: images.Kind, width: int, height: int) -> images.Stored:
    """A picture of the site: the same file for every world."""
    return images.store(drawn(width, height), kind=kind)


def application(user: User, **fields: object) -> KycApplication:
    """A pending identity check with both pictures."""
    paper = documents.store(documents.clean(drawn()))
    selfie = documents.store(documents.clean(drawn()))
    User.objects.filter(pk=user.pk).update(kyc_state="pending")
    number = f"X{user.handle}"
    made = KycApplication(user=user, country="CH", document_type="passport", **{"provider": "manual"} | fields)
    made.identity_hash = crypto.identity_hash("CH", number)
    made.document_file, made.selfie_file = paper, selfie
    made.seal({"legal_name": "Charlie Example", "document_number": number})
    made.save()
    return made


def session(user: User) -> UserSession:
    """A browser that is signed in."""
    store = SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store.create()
    return UserSession.objects.create(user=user, session_key=store.session_key, ip="192.0.2.1", user_agent="Test")


def comment(post: Post, author: User, text: str = "Disagree.") -> Comment:
    """A comment, as a row with its count."""
    Post.objects.filter(pk=post.pk).update(comment_count=1)
    return Comment.objects.create(post=post, author=author, client_id=uuid.uuid4(), text=text)


@dataclass(frozen=True)
class World:
    """What the rooms show."""

    post: Post
    comment: Comment
    picture: PostPicture
    application: KycApplication
    session: UserSession


def sanctioned(owner: User) -> Sanction:
    """A group under a measure, whose owner has appealed."""
    group = make_group(owner)
    return Sanction.objects.create(group=group, level="limit", reason="Scams", by=owner, appeal="No", appealed_at=NOW)


def paid(owner: User, post: Post) -> None:
    """Money that came in, a part of which is to go out, and a tip for a post of somebody else's."""
    credit(user=owner, provider="sandbox", external_id=f"{owner.pk}:1", units=5_000_000, now=NOW)
    send(actor=owner, about=TIPPED, thing=post, units=1_000_000, number=1, now=NOW)
    hold = holds.place(
        owner=owner,
        asset=Asset.USDT,
        units=2_000_000,
        expires_at=NOW + timedelta(days=1),
        key=f"aside:{owner.pk}",
        now=NOW,
    )
    Withdrawal.objects.create(
        user=owner, number=1, asset=Asset.USDT, units=hold.units, network="tron", address="T", provider="sandbox",
        hold=hold, created_at=NOW, changed_at=NOW,
    )  # fmt: skip


def awarded(operator: User, creator: User) -> None:
    """A policy for the next week that has none, and what that week came to for one creator."""
    starts = week_of(NOW) + (1 + Settlement.objects.count()) * SEVEN_DAYS
    policy = write(actor=operator, starts=starts, reason="As agreed.", now=NOW, **RULES)
    week = Settlement.objects.create(week=starts, policy=policy, salt=b"salt", opened_at=NOW)
    Award.objects.create(settlement=week, creator=creator, pseudonym=uuid.uuid4(), before_units=0)


def linked(one: User, other: User) -> None:
    """Two accounts that may be one person's, and what one of them says against it."""
    cluster = Cluster.objects.create(confidence=800, proposed_at=NOW, expires_at=NOW + timedelta(days=900))
    first, second = sorted([one, other], key=lambda user: user.pk)
    Member.objects.bulk_create(Member(cluster=cluster, person=person) for person in (first, second))
    Evidence.objects.create(
        cluster=cluster, first=first, second=second, device=700, name=400, confidence=820, seen_at=NOW,
        facts={"device": {"people": 2}, "name": {"people": 2}},
    )  # fmt: skip
    LinkAppeal.objects.create(cluster=cluster, person=one, text="My brother.", created_at=NOW)


def build(cast: Cast) -> World:
    """One row in every room."""
    post = make_post(cast.alice)
    PostRevision.objects.create(post=post, revision=0, text="Before.")
    DisplayNameChange.objects.create(user=cast.alice.user, old="Al", new="Alice", at=NOW - timedelta(days=40))
    shot = stored("picture", 640, 480)
    picture = PostPicture.objects.create(
        post=post, position=0, key=shot.key, width=shot.width, height=shot.height, alt="A chart"
    )
    cast.alice.user.avatar = stored("avatar", 400, 400).key
    cast.alice.user.save()
    cast.alice.banner = stored("banner", 1500, 500).key
    cast.alice.save()
    Notification.objects.create(recipient=cast.bob, kind=Kind.LIKE, group_key="like:1")
    record(actor=cast.olga, action="user.sign_out", target=cast.bob, reason="Asked to.", now=NOW)
    report(actor=cast.bob, about=POST, thing=post, reason="spam", note="", now=NOW)
    Trend.objects.create(tag=Tag.objects.create(kind="topic", name="halving"), surge=3, authors_day=7)
    sanctioned(cast.alice.user)
    paid(cast.bob, post)
    awarded(cast.olga, cast.alice.user)
    linked(cast.bob, cast.charlie)
    return World(post, comment(post, cast.bob), picture, application(cast.charlie), session(cast.bob))


def more(cast: Cast, world: World, count: int) -> None:
    """`count` more rows in every room."""
    for n in range(count):
        author = make_creator(f"author{n}")
        post = make_post(author)
        comment(post, make_user(f"reader{n}"))
        PostPicture.objects.create(post=post, position=0, key=world.picture.key, width=640, height=480)
        KycApplication.objects.create(user=author.user, provider="manual")
        session(author.user)
        Notification.objects.create(recipient=author.user, kind=Kind.LIKE, group_key="like:1")
        record(actor=author.user, action="user.sign_out", target=author.user, reason="Asked to.", now=NOW)
        report(actor=cast.bob, about=POST, thing=post, reason="fraud", note="Again.", now=NOW)
        Trend.objects.create(tag=Tag.objects.create(kind="topic", name=f"topic{n}"), surge=n)
        sanctioned(author.user)
        paid(author.user, world.post)
        awarded(cast.olga, author.user)
        linked(author.user, cast.bob)


def page(obj: Model) -> str:
    """The address of a row's page."""
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])


def tool(obj: Model, name: str) -> str:
    """The address of a tool for a row."""
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_use", args=[obj.pk, name])


def room(model: type[Model]) -> str:
    """The address of a list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
