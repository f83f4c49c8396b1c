"""Who of the demo planet looked at what, for how long, and what they did with it: so that creators' centres are alive.

The roll-ups are written as if the drain had made them of the raw events; those themselves are not made up.
"""

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from planet.config.demo.copying import Lines, copy_lines
from planet.config.demo.store import Store
from planet.config.demo.world import Entry, Person
from planet.engagement import readers, tallies
from planet.engagement.actions import digest
from planet.engagement.models import Day, FollowerHour, Hour, Interaction, Kind, Place, Progress

PLACES: Final = dict(zip(Place, (62, 12, 12, 3, 8, 3), strict=True))
FLEETING: Final = 0.06  # of those who press like without having looked
_MADE_BY_NOW: Final = dt.timedelta(minutes=1)


def write(store: Store) -> None:
    """Write it all. Call inside a transaction, after `store.write`."""
    attention = _Attention(store)
    for entry in store.world.entries:
        if not entry.repost_of:
            attention.look_at(entry)
    copy_lines(Lines(Day, *_DAY), attention.days)
    copy_lines(Lines(Hour, *_HOUR), attention.hour_rows())
    copy_lines(Lines(Interaction, *_DEED), attention.deeds())
    copy_lines(Lines(FollowerHour, "creator_id", "hour", "gained"), _followers(store))
    Progress.objects.create(id=1, drained_at=store.now - _MADE_BY_NOW)
    readers.fill()
    tallies.tally()


_DAY: Final = ("content_id", "viewer_id", "day", "creator_id", "is_guest", "impressions", "dwell_ms", "hours")
_PLACED: Final = tuple(place.name.lower() for place in Place)
_HOUR: Final = ("content_id", "hour", "creator_id", "impressions", "dwell_ms", *_PLACED)
_DEED: Final = (
    "kind", "viewer_id", "creator_id", "content_id", "ref", "at", "characters", "digest", "is_served", "dwell_ms",
)  # fmt: skip


@dataclass
class _Attention:
    """What was seen so far; `looked` remembers how long each reader of an entry had looked."""

    store: Store
    rng: random.Random = field(default_factory=lambda: random.Random(8))
    days: list[tuple[str, ...]] = field(default_factory=list)
    hours: dict[tuple[str, str, dt.datetime], list[int]] = field(default_factory=dict)
    looked: dict[tuple[Entry, Person], int] = field(default_factory=dict)

    def look_at(self, entry: Entry) -> None:
        """Everybody who did something with the post has seen it, and some others, and guests."""
        rng = self.rng
        came = {remark.author: remark.hours for remark in entry.remarks if remark.author is not entry.author}
        came |= dict([*entry.likes, *entry.bookmarks])
        pressed = set(came)
        for person in rng.sample(self.store.world.people, min(len(self.store.world.people), len(came) // 3 + 3)):
            if (hours := entry.hours - rng.expovariate(1 / 9)) > 0:  # who comes later has not come yet
                came.setdefault(person, hours)
        for person, hours in came.items():
            seconds = min(170.0, rng.lognormvariate(2.2, 0.9))
            if person in pressed:
                seconds = rng.uniform(0.5, 2.5) if rng.random() < FLEETING else max(4.0, seconds)
            self.looked[entry, person] = int(seconds * 1000)
            self._add(entry, str(self.store.users[person]), hours, self.looked[entry, person])
        for _ in range(int(len(came) * rng.uniform(0.05, 0.2))):
            nobody, hours = str(uuid.UUID(int=rng.getrandbits(128))), entry.hours * rng.random()
            self._add(entry, nobody, hours, int(min(90.0, rng.lognormvariate(1.8, 0.9)) * 1000), is_guest=True)

    def _add(self, entry: Entry, viewer: str, hours: float, dwell_ms: int, *, is_guest: bool = False) -> None:
        at = self.store.at(min(hours + 0.01, entry.hours))
        content, creator = str(self.store.posts[entry]), str(self.store.users[entry.author])
        times = 2 if self.rng.random() < 0.25 else 1
        row = (content, viewer, at.date().isoformat(), creator, "t" if is_guest else "f")
        self.days.append((*row, str(times), str(dwell_ms), str(1 << at.hour)))
        hour = at.replace(minute=0, second=0, microsecond=0)
        sums = self.hours.setdefault((content, creator, hour), [0] * (2 + len(Place)))
        (place,) = self.rng.choices(range(len(Place)), tuple(PLACES.values()))
        sums[0] += times
        sums[1] += dwell_ms
        sums[2 + place] += times

    def hour_rows(self) -> Iterator[tuple[str, ...]]:
        """The sums of each hour."""
        for (content, creator, hour), sums in self.hours.items():
            yield (content, hour.isoformat(), creator, *map(str, sums))

    def deeds(self) -> Iterator[tuple[str, ...]]:
        """Everything that people did, the earliest first."""
        done = [deed for entry in self.store.world.entries for deed in self._deeds_with(entry)]
        for _, row in sorted(done, key=lambda deed: -deed[0]):
            yield row

    def _deeds_with(self, entry: Entry) -> Iterator[tuple[float, tuple[str, ...]]]:
        store = self.store
        own = store.posts[entry]
        shared = entry.repost_of or entry.quote_of
        if shared:
            ref = store.posts[shared] if entry.repost_of else own
            yield entry.hours, self._deed(Kind.SHARE, entry.author, shared, entry.hours, ref=ref)
        for person, hours in entry.likes:
            yield hours, self._deed(Kind.LIKE, person, entry, hours, ref=own)
        for person, hours in entry.bookmarks:
            yield hours, self._deed(Kind.BOOKMARK, person, entry, hours, ref=own)
        for remark in entry.remarks:
            deed = self._deed(
                Kind.COMMENT, remark.author, entry, remark.hours, ref=store.comments[remark], text=remark.text
            )
            yield remark.hours, deed

    def _deed(
        self, kind: Kind, person: Person, entry: Entry, hours: float, *, ref: uuid.UUID, text: str = ""
    ) -> tuple[str, ...]:
        folded, store = " ".join(text.split()), self.store
        looked = self.looked.get((entry, person))
        return (
            *(kind.value, str(store.users[person]), str(store.users[entry.author]), str(store.posts[entry]), str(ref)),
            *(store.at(hours).isoformat(), str(len(folded)), str(digest(folded)) if folded else r"\N"),
            *("f" if looked is None else "t", str(looked or 0)),
        )


def _followers(store: Store) -> Iterator[tuple[str, ...]]:
    """How many began to follow whom in each hour."""
    gained: dict[tuple[Person, dt.datetime], int] = {}
    for person in store.world.people:
        for creator, hours in person.follows.items():
            hour = store.at(hours).replace(minute=0, second=0, microsecond=0)
            gained[creator, hour] = gained.get((creator, hour), 0) + 1
    for (creator, hour), many in gained.items():
        yield str(store.users[creator]), hour.isoformat(), str(many)
