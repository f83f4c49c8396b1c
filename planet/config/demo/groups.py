"""The groups of the demo planet: who runs them, who is in, what they ask of people, and who is waiting at the door."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import F

from groups.actions import founding
from groups.models import (
    Admission,
    Channel,
    ChannelKind,
    Group,
    InviteLink,
    InviteUse,
    JoinRequest,
    LogEntry,
    Membership,
    Question,
    ReadPosition,
    Restriction,
    Role,
    Visibility,
)
from groups.rights import Right
from planet.config.demo.copying import copy
from planet.config.demo.store import Store
from planet.config.demo.world import Person

ALWAYS_IN: Final = ("jonah", "ines")  # the demo accounts see every group that they could be in


@dataclass(frozen=True)
class Sketch:
    """A group to be: `share` of the people who write its language are in."""

    handle: str
    name: str
    about: str
    owner: str
    topics: tuple[str, ...]
    share: float
    days: int  # how long it has stood
    channels: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    admission: Admission = Admission.OPEN
    admins: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # roles without rights: who carries them
    rules: str = ""
    welcome: str = ""
    questions: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    slow_seconds: int = 0
    language: str = "en"


SKETCHES: Final = (
    Sketch(
        "perp_room", "Perp Room", "Perpetuals all day: funding, liquidations, levels written down before, not after.",
        "ines", ("perps", "funding", "risk"), 0.42, 310, ("Levels", "Off topic"),
        admission=Admission.REQUEST, admins=("tomo_perp",), moderators=("saanvi", "mateus"),
        marks={"Analyst": ("hana_n", "adaeze", "nils_basis")},
        rules="Write the invalidation with the level.\nNo signals for sale, no referral links.\n"
        "Losses are posted like wins, or not at all.\nWhoever asks a beginner's question gets an answer, not a joke.",
        welcome="Good to have you. Read the pinned message first, then say hello with the last trade you got wrong.",
        questions=("What do you trade, and since when?", "Which trade taught you the most?"),
        slow_seconds=10,
    ),
    Sketch(
        "basis_and_funding", "Basis & Funding", "Carry, spread by spread. Spot against perp, quarterlies against both.",
        "nils_basis", ("funding", "yield"), 0.5, 420, ("Drafts",), admins=("ines",), moderators=("ikenna",),
        marks={"Analyst": ("tomo_perp", "weilan")},
        rules="Numbers with their venue and their time.\nLevels without a fill go in Drafts.",
        welcome="Say which venues you can trade: it saves questions.",
    ),
    Sketch(
        "onchain_forensics", "On-chain Forensics", "Wallets, bridges, clusters. We show the path, then the conclusion.",
        "adaeze", ("onchain", "security"), 0.34, 250, ("Cases",), moderators=("dara_k",),
        marks={"Investigator": ("yara_s", "mirabel", "dune_ita")},
        rules="No names of private people.\nA claim comes with its transactions.",
    ),
    Sketch(
        "options_after_dark", "Options After Dark", "Skew, gamma, and who is short what into the weekend.",
        "lucienroy", ("options",), 0.2, 190, visibility=Visibility.PRIVATE, admission=Admission.REQUEST,
        admins=("hana_n",), moderators=("gammabram",), questions=("What is your largest loss in options?",),
        rules="Chatham House rule.", without=("jonah",),
    ),
    Sketch(
        "macro_breakfast", "Macro Breakfast", "Ten minutes before the open: liquidity, calendars, coffee.",
        "omar_ridge", ("macro",), 0.38, 140, moderators=("shirin", "henrik_l"),
        rules="One chart a person a day.",
    ),
    Sketch(
        "validators_corner", "Validators' Corner", "Clients, keys, uptime. Boring on purpose.",
        "kofi_nodes", ("staking", "builders"), 0.16, 95, ("Incidents",), moderators=("birk", "fennel"),
        without=("jonah",),
    ),
    Sketch(
        "heyue_zixishi", "合约自习室", "记录、复盘、不喊单。每天一条,写给明天的自己。",
        "weilan", ("合约", "复盘"), 0.8, 205, ("复盘",), moderators=("chenmo",), marks={"课代表": ("haoran",)},
        rules="先写失效点。\n不荐币,不带单。", welcome="进来先看置顶。", language="zh",
    ),
    Sketch(
        "incident_room", "Incident Room", "For those who are called at night. Nothing leaves this room.",
        "yara_s", ("security",), 0.06, 60, visibility=Visibility.SECRET, admission=Admission.INVITE,
        admins=("petra_k",), without=("jonah",),
    ),
)  # fmt: skip


def write(store: Store) -> None:
    """Found the groups and fill them. Call inside a transaction, after `store.write`."""
    rng = random.Random(41)
    for sketch in SKETCHES:
        group = _found(store, sketch)
        people = _people(rng, store, sketch)
        _fill(store, rng, sketch, group, people)
        _at_the_door(store, rng, sketch, group, people)
    _measures(store)


def _found(store: Store, sketch: Sketch) -> Group:
    at = store.at(24 * sketch.days)
    group = Group.objects.create(
        handle=sketch.handle,
        name=sketch.name,
        about=sketch.about,
        rules=sketch.rules,
        welcome=sketch.welcome,
        topics=list(sketch.topics),
        visibility=sketch.visibility,
        admission=sketch.admission,
        slow_seconds=sketch.slow_seconds,
        joins_per_minute=20,
        owner_id=_key(store, sketch.owner),
        created_at=at,
    )
    founding.with_furniture(group)
    for place, name in enumerate(sketch.channels, start=2):
        Channel.objects.create(group=group, kind=ChannelKind.TEXT, name=name, position=place, created_at=at)
    for name in sketch.marks:
        Role.objects.create(group=group, name=name, rank=10)
    Question.objects.bulk_create(
        Question(group=group, text=text, position=place) for place, text in enumerate(sketch.questions)
    )
    return group


def _key(store: Store, handle: str) -> Any:
    return store.users[store.by_handle[handle]]


def _people(rng: random.Random, store: Store, sketch: Sketch) -> list[Person]:
    """Who is in: the owner, the helpers, those who may not be missing, and a share of the others."""
    named = [sketch.owner, *sketch.admins, *sketch.moderators, *(who for whom in sketch.marks.values() for who in whom)]
    if sketch.language == "en":
        named += [handle for handle in ALWAYS_IN if handle not in sketch.without]
    inside = [store.by_handle[handle] for handle in dict.fromkeys(named)]
    others = [
        person
        for person in store.world.people
        if person.language == sketch.language and person not in inside and person.handle not in sketch.without
    ]
    return inside + rng.sample(others, int(len(others) * sketch.share))


def _fill(store: Store, rng: random.Random, sketch: Sketch, group: Group, people: list[Person]) -> None:
    """Memberships, in the order of coming; everything that there is to read is read."""
    roles = {role.name: role for role in Role.objects.filter(group=group).order_by("rank")}
    admin, moderator = sorted(roles.values(), key=lambda role: -role.rank)[:2]
    given = {handle: roles[name] for name, handles in sketch.marks.items() for handle in handles}
    given |= dict.fromkeys(sketch.moderators, moderator) | dict.fromkeys(sketch.admins, admin)
    came = [(rng.uniform(0.5, min(24 * sketch.days, person.joined_hours)), person) for person in people[1:]]
    ordered = [(24.0 * sketch.days, people[0]), *sorted(came, key=lambda pair: -pair[0])]
    copy(Membership, _memberships(store, group, ordered, given))
    Group.objects.filter(pk=group.pk).update(members_count=len(ordered))
    channels = list(Channel.objects.filter(group=group).order_by("position"))  # read before: COPY has the connection
    copy(ReadPosition, _positions(store, channels, people))
    copy(LogEntry, _coming(store, group, ordered))


def _memberships(
    store: Store, group: Group, came: list[tuple[float, Person]], given: Mapping[str, Role]
) -> Iterator[dict[str, Any]]:
    for hours, person in came:
        role = given.get(person.handle)
        yield {
            "group_id": group.pk,
            "user_id": store.users[person],
            "role_id": role.pk if role else None,
            "title": "Night desk" if person.handle == "mateus" else "",
            "created_at": store.at(hours),
            "accepted_at": store.at(hours),
        }


def _positions(store: Store, channels: list[Channel], people: list[Person]) -> Iterator[dict[str, Any]]:
    for channel in channels:
        for person in people:
            yield {"user_id": store.users[person], "channel_id": channel.pk, "number": 0}


def _coming(store: Store, group: Group, came: list[tuple[float, Person]]) -> Iterator[dict[str, Any]]:
    for place, (hours, person) in enumerate(came):
        kind = "joined" if place else "founded"
        yield {"group_id": group.pk, "actor_id": store.users[person], "kind": kind, "at": store.at(hours), "data": {}}


def _at_the_door(store: Store, rng: random.Random, sketch: Sketch, group: Group, people: list[Person]) -> None:
    """Links that stand, and, where people ask, some who wait for an answer."""
    owner_id = _key(store, sketch.owner)
    for name, uses, days in (("Newsletter", 12, 40), ("Meet-up", 3, 9)):
        link = InviteLink.objects.create(
            group=group,
            name=name,
            token=f"demo-{sketch.handle.replace('_', '-')}-{days}",
            by_id=owner_id,
            created_at=store.at(24 * days),
            max_uses=25 if days == 9 else None,
            needs_approval=days == 9,
        )
        _by_link(store, link, people[1:][-uses:] if days == 40 else people[1:][:uses])
    if sketch.admission != Admission.REQUEST:
        return
    outside = [person for person in store.world.people if person not in people and person.language == sketch.language]
    said = ("Spot since 2019, perps since last winter.", "The one I did not close.", "Two years, mostly small size.")
    for place, person in enumerate(rng.sample(outside, 5)):
        spoken = rng.sample(said, len(sketch.questions))
        answers = [{"question": text, "answer": words} for text, words in zip(sketch.questions, spoken, strict=True)]
        at = store.at(30 - 5 * place)
        JoinRequest.objects.create(group=group, user_id=store.users[person], answers=answers, created_at=at)


def _by_link(store: Store, link: InviteLink, people: list[Person]) -> None:
    """Who came by a link: the link's count, its statistics and their memberships say the same."""
    came = Membership.objects.filter(group=link.group, user__in=[store.users[person] for person in people])
    rows = [{"link_id": link.pk, "user_id": row.user_id, "at": row.accepted_at} for row in came.order_by("id")]
    copy(InviteUse, rows)
    came.update(link=link)
    InviteLink.objects.filter(pk=link.pk).update(uses=len(rows))


def _measures(store: Store) -> None:
    """Somebody is on read-only in the first group, which its log tells."""
    group = Group.objects.get(handle=SKETCHES[0].handle)
    helper, now = _key(store, "saanvi"), store.at(5)
    plain = Membership.objects.filter(group=group, role=None).exclude(user=F("group__owner"))
    member = plain.exclude(user__handle__in=ALWAYS_IN).order_by("id").first()
    if member is None:
        return
    reason, until = "Referral links, twice.", now + dt.timedelta(days=7)
    Restriction.objects.create(
        group=group, user=member.user, taken=int(Right.SEND), reason=reason, by_id=helper, created_at=now, until=until
    )
    LogEntry.objects.create(
        group=group, at=now, actor_id=helper, kind="restricted", target=member.user,
        data={"taken": int(Right.SEND), "reason": reason},
    )  # fmt: skip
