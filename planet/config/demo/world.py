"""The demo planet in memory: people, who follows whom, what they write and what the others make of it.

No database here. The same seed makes the same world; times are offsets from `now`.
"""

import random
from collections import deque
from dataclasses import dataclass, field

from planet.config.demo import people
from planet.config.demo.grammar import LIQUID, Facts, Theme
from planet.config.demo.panels import DRAWINGS
from planet.config.demo.talk import QUOTES
from planet.config.demo.themes import THEMES

SEED = 20_261_122
DAYS = 28
POSTS = 3000
PICTURE_POSTS = 80
ZH_READERS = 24


@dataclass(eq=False)
class Person:
    """Somebody; `persona` for creators. `activity` is how much of what they read they answer."""

    handle: str
    language: str
    activity: float
    joined_hours: float
    persona: people.Persona | None = None
    number: int = 0
    follows: "dict[Person, float]" = field(default_factory=dict)  # whom, and how many hours ago

    @property
    def reach(self) -> float:
        """How widely they are read."""
        return self.persona.reach if self.persona else 0.0


@dataclass(eq=False)
class Picture:
    """A drawing to be made: which, and of what."""

    drawing: str
    symbol: str
    price: float
    seed: int


@dataclass(eq=False)
class Remark:
    """A comment; `answers` is the comment it answers."""

    author: Person
    text: str
    hours: float
    answers: "Remark | None" = None

    @property
    def root(self) -> "Remark | None":
        """The top of the thread, None when this is it."""
        remark = self.answers
        while remark and remark.answers:
            remark = remark.answers
        return remark


@dataclass(eq=False)
class Entry:
    """A post, repost (`repost_of`) or quote (`quote_of`). `hours` is its age; lists are oldest first."""

    author: Person
    hours: float
    text: str = ""
    template: str = ""
    theme: Theme | None = None
    facts: Facts | None = None
    repost_of: "Entry | None" = None
    quote_of: "Entry | None" = None
    edited_from: str = ""
    quality: float = 1.0
    pictures: list[Picture] = field(default_factory=list)
    likes: list[tuple[Person, float]] = field(default_factory=list)
    bookmarks: list[tuple[Person, float]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


@dataclass
class World:
    """Everybody and everything; `entries` oldest first."""

    people: list[Person]
    entries: list[Entry]

    @property
    def creators(self) -> list[Person]:
        """Those who write."""
        return [person for person in self.people if person.persona]


def make_people(rng: random.Random) -> list[Person]:
    """The creators, then the readers."""
    everybody = [
        Person(persona.handle, persona.language, rng.uniform(0.5, 1.6), rng.uniform(900, 9000), persona, number)
        for number, persona in enumerate(people.CREATORS)
    ]
    for number, handle in enumerate(people.READERS):
        language = "zh" if number >= len(people.READERS) - ZH_READERS else "en"
        everybody.append(Person(handle, language, rng.paretovariate(1.6), rng.uniform(700, 7000), number=number))
    return everybody


def make_follows(rng: random.Random, everybody: list[Person]) -> None:
    """Readers follow a handful to half of the creators; the widely read are followed by most."""
    creators = [person for person in everybody if person.persona]
    special = {"jonah": 30, "ines": 24}
    for person in everybody:
        wanted = special.get(person.handle) or min(44, round(rng.lognormvariate(2.5, 0.6)))
        marks = {
            creator: rng.random() ** (1 / (creator.reach * (2.5 if creator.language == person.language else 0.5)))
            for creator in creators
            if creator is not person
        }
        chosen = sorted(marks, key=lambda creator: marks[creator], reverse=True)[:wanted]
        person.follows = {creator: rng.uniform(0.05, 1) ** 1.6 * person.joined_hours * 0.9 + 0.3 for creator in chosen}


def _themes(author: Person) -> list[Theme]:
    return [THEMES[name] for name in author.persona.themes] if author.persona else []


class Writers:
    """Who writes what next, so that neighbours on a page never sound alike."""

    def __init__(self, rng: random.Random, creators: list[Person]) -> None:
        self.rng, self.creators = rng, creators
        self._weights = [creator.reach**0.5 for creator in creators]
        self._recent_authors: deque[Person] = deque(maxlen=4)
        self._recent: deque[str] = deque(maxlen=60)
        self._by_author: dict[Person, deque[str]] = {
            creator: deque(maxlen=min(18, sum(len(theme.posts) for theme in _themes(creator)) - 3))
            for creator in creators
        }
        self._last_used: dict[str, int] = {}
        self._written = 0

    def author(self) -> Person:
        """Somebody who has not written just now."""
        while True:
            (author,) = self.rng.choices(self.creators, self._weights)
            if author not in self._recent_authors:
                self._recent_authors.append(author)
                return author

    def theme(self, author: Person) -> tuple[Theme, str]:
        """One of the author's themes, the first most often, and a template of it that reads fresh.

        Neither this page nor this author has just used it; of those that are left, one of the longest unused.
        """
        themes = _themes(author)
        weights = [len(themes) - place + 0.6 for place in range(len(themes))]
        first = self.rng.choices(themes, weights)[0]
        own = self._by_author[author]
        fresh = [text for text in first.posts if text not in own and text not in self._recent]
        if not fresh:
            fresh = [text for theme in themes for text in theme.posts if text not in own]
        fresh.sort(key=lambda text: self._last_used.get(text, -1))
        chosen = self.rng.choice(fresh[: max(1, len(fresh) // 3)])
        self._written += 1
        self._last_used[chosen] = self._written
        self._recent.append(chosen)
        own.append(chosen)
        return next(theme for theme in themes if chosen in theme.posts), chosen

    def facts(self, author: Person, theme: Theme, hours: float) -> Facts:
        """What the author's next post is about."""
        symbol = self.rng.choice(theme.assets)
        other = self.rng.choice([asset for asset in LIQUID if asset != symbol])
        someone = self.rng.choice([creator for creator in self.creators if creator is not author])
        return Facts(self.rng, symbol, other, hours, self.rng.choice(theme.topics), someone.handle)


def _ages(rng: random.Random) -> list[float]:
    """When posts were written, in hours ago, oldest first: more by day than by night, and a lively last hour."""
    last = [0.05, 0.14, 0.31, 0.52, 0.74, 0.98]
    ages: list[float] = []
    while len(ages) < POSTS - len(last):
        age = 1.1 + DAYS * 24 * rng.random() ** 1.25
        if rng.random() < (1.0 if 5 <= age % 24 <= 20 else 0.45):
            ages.append(age)
    return sorted(ages + last, reverse=True)


def make_entries(rng: random.Random, creators: list[Person]) -> list[Entry]:
    """Everything that was posted, oldest first."""
    writers = Writers(rng, creators)
    entries: list[Entry] = []
    reposted: set[tuple[Person, Entry]] = set()
    for hours in _ages(rng):
        author, chance = writers.author(), rng.random()
        shared = _worth_sharing(rng, entries, author) if chance < 0.14 and hours > 1 else None
        if shared and chance < 0.08 and (author, shared) not in reposted:
            reposted.add((author, shared))
            entries.append(Entry(author, hours, repost_of=shared))
        elif shared and shared.facts and chance >= 0.08:
            text = shared.facts.say(rng.choice(QUOTES[author.language]))
            entries.append(Entry(author, hours, text, quote_of=shared, facts=shared.facts, theme=shared.theme))
        else:
            entries.append(_written(rng, writers, author, hours))
    for entry in entries:
        entry.quality = rng.lognormvariate(0, 0.75)
    return entries


def _worth_sharing(rng: random.Random, entries: list[Entry], author: Person) -> Entry | None:
    recent = [
        entry
        for entry in entries[-220:-4]
        if entry.theme
        and entry.author is not author
        and not entry.repost_of
        and entry.author.language == author.language
    ]
    return rng.choices(recent, [entry.author.reach for entry in recent])[0] if recent else None


def _written(rng: random.Random, writers: Writers, author: Person, hours: float) -> Entry:
    theme, template = writers.theme(author)
    facts = writers.facts(author, theme, hours)
    # Tags go to any sentence, not always to the same ones: a topic's page must not repeat itself either.
    text = facts.say(template.replace(" {T}", "") if rng.random() < 0.7 else template)
    if "#" not in text and rng.random() < 0.3:
        text = f"{text} #{facts.topic}"
    entry = Entry(author, hours, text, template, theme, facts)
    if rng.random() < 0.014 and hours > 6:
        entry.edited_from = text
        entry.text = f"{text}\n\n" + (
            "(改:数字更正,见评论。)" if author.language == "zh" else "(Edited: one figure corrected.)"
        )
    return entry


def add_pictures(rng: random.Random, entries: list[Entry]) -> None:
    """Give some posts one to four pictures: many of the newest, at least one of every creator's."""
    able = [entry for entry in entries if entry.theme and entry.theme.pictures and not entry.quote_of]
    newest = able[-90:]
    chosen = dict.fromkeys(rng.sample(newest, 24))
    latest_of = {entry.author: entry for entry in able}
    chosen.update(dict.fromkeys(entry for entry in latest_of.values() if rng.random() < 0.7))
    chosen.update(dict.fromkeys(rng.sample(able, PICTURE_POSTS - len(chosen))))
    for entry in chosen:
        if not entry.theme or not entry.facts:
            continue
        count = rng.choices((1, 2, 3, 4), (80, 11, 4, 5))[0]
        kinds = [rng.choice(entry.theme.pictures)]
        others = [kind for kind in DRAWINGS if kind not in kinds and kind != "waves"]
        kinds += rng.sample(others, count - 1)
        entry.pictures = [Picture(kind, entry.facts.symbol, entry.facts.price, rng.getrandbits(32)) for kind in kinds]
