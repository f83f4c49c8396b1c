"""What readers make of the posts: likes, bookmarks, and threads that answer what was said."""

import math
import random

from planet.config.demo.grammar import Line
from planet.config.demo.talk import CLOSERS, GENERAL, REPLIES
from planet.config.demo.world import Entry, Person, Remark, World, add_pictures, make_entries, make_follows, make_people

# How often an author answers a question, an objection, an addition.
_ANSWERED = {"?": 0.72, "!": 0.5, "+": 0.22}


def make(seed: int) -> World:
    """The whole world of this seed."""
    rng = random.Random(seed)
    everybody = make_people(rng)
    make_follows(rng, everybody)
    entries = make_entries(rng, [person for person in everybody if person.persona])
    add_pictures(rng, entries)
    for entry in entries:
        if not entry.repost_of:
            _react(rng, entry, everybody)
            _discuss(rng, entry, everybody)
    return World(everybody, entries)


def _interest(person: Person, entry: Entry) -> float:
    """How likely this person is to meet and answer this post."""
    return (
        person.activity
        * (6.0 if entry.author in person.follows else 1.0)
        * (1.0 if person.language == entry.author.language else 0.3)
    )


def _pick(rng: random.Random, everybody: list[Person], entry: Entry, count: int) -> list[Person]:
    """`count` different people, the interested first by weight (Efraimidis and Spirakis, 2006)."""
    keys = [
        (rng.random() ** (1 / _interest(person, entry)), place)
        for place, person in enumerate(everybody)
        if person is not entry.author
    ]
    keys.sort(reverse=True)
    return [everybody[place] for _, place in keys[:count]]


def _later(rng: random.Random, hours: float, scale: float) -> float:
    """An age after something `hours` old: soon, most often; never in the future."""
    passed = rng.expovariate(1 / scale)
    return hours - passed if passed < hours else hours * rng.random()


def _react(rng: random.Random, entry: Entry, everybody: list[Person]) -> None:
    ripe = 1 - math.exp(-(entry.hours + 0.25) / 1.6)  # most of it comes in the first hours
    expected = 9.5 * entry.quality * entry.author.reach**0.7 * ripe * (1.5 if entry.pictures else 1)
    count = min(len(everybody) - 4, int(expected + rng.random()))
    fans = _pick(rng, everybody, entry, count)
    entry.likes = sorted(((person, _later(rng, entry.hours, 7)) for person in fans), key=lambda like: -like[1])
    keepers = [person for person in fans if rng.random() < 0.07]
    entry.bookmarks = [(person, _later(rng, entry.hours, 9)) for person in keepers]


def _lines(rng: random.Random, entry: Entry, count: int) -> list[Line]:
    """What will be said: mostly what fits this very post, and a little that fits any."""
    theme = entry.theme
    fitting = [line for line in theme.lines if line.fits(entry.template)] if theme and entry.template else []
    # Nobody cross-examines a joke.
    light = theme is not None and theme.name in ("days", "life-zh")
    general = [line for line in GENERAL[entry.author.language] if line.act == "+" or not light]
    fitting = rng.sample(fitting, len(fitting))
    lines = fitting + rng.sample(general, min(len(general), max(1, len(fitting) // 2 + 1)))
    return rng.sample(lines[:count], min(count, len(lines)))


def _discuss(rng: random.Random, entry: Entry, everybody: list[Person]) -> None:
    """Comments, then what the author says to some of them, then what they say to that."""
    if not entry.theme or not entry.facts:
        return
    language = entry.author.language
    lines = _lines(rng, entry, min(12, int(rng.expovariate(1) * (0.4 + len(entry.likes) * 0.06))))
    speakers = [p for p in _pick(rng, everybody, entry, len(lines) * 4 + 8) if p.language == language]
    replies = {act: rng.sample(said, len(said)) for act, said in REPLIES[language].items()}
    closers = rng.sample(CLOSERS[language], len(CLOSERS[language]))
    for speaker, line in zip(speakers, lines, strict=False):
        remark = Remark(speaker, entry.facts.say(line.text), _later(rng, entry.hours, 6))
        entry.remarks.append(remark)
        reply = line.answer or (replies[line.act].pop() if replies[line.act] else "")
        if not reply or rng.random() > _ANSWERED[line.act] + (0.25 if line.answer else 0):
            continue
        answer = Remark(entry.author, entry.facts.say(reply), _later(rng, remark.hours, 2), remark)
        entry.remarks.append(answer)
        if line.act == "?" and closers and rng.random() < 0.45:
            thanks = Remark(speaker, entry.facts.say(closers.pop()), _later(rng, answer.hours, 2), answer)
            entry.remarks.append(thanks)
    entry.remarks.sort(key=lambda remark: -remark.hours)
