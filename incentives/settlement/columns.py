"""viewers.csv and units.csv as columns of whole numbers; the units some viewers' whole weeks at a time.

Nothing is said here about what is wrong with a file. Whatever is not plainly as agreed is Doubtful, and the readers of
rows (`frozen`, `points`), which know every reason, have the word. What is read here, they would have accepted.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from incentives.settlement.exact import Column, fits, sure
from incentives.settlement.fields import DIGITS, Ids, Lines, runs
from incentives.settlement.frozen import ID, UNITS, VIEWERS, Frozen, Weights, opened

NOBODY: Final = -1

_BLOCK: Final = 1 << 20  # bytes: what stays in a processor's cache is fast
_WEEK: Final = 1 << 26  # bytes: a viewer of half a million units is left to the rows, which need no memory for it
_IDS: Final = 3 * (ID + 1)  # the beginning of a line of units.csv
_DONE: Final = len(",0,0,0,0,0")  # its end, from the comma after dwell_seconds
_LONGEST: Final = 180  # seconds


@dataclass(frozen=True, slots=True)
class People:
    """Who is who. Clusters are numbers, the same for viewers and creators, or NOBODY."""

    viewers: Ids
    values: Column
    clusters: Column
    own: Column  # the viewer's place as a creator, or NOBODY
    creators: Ids
    theirs: Column  # the creators' clusters
    is_viewer: NDArray[np.bool_]  # each creator


@dataclass(frozen=True, slots=True)
class Units:
    """Some viewers' whole weeks, a line a unit, in the order of the file."""

    viewers: Column  # places in viewers.csv
    creators: Column  # places in creators.csv
    effects: Column  # step 1: e in nano


def people(frozen: Frozen) -> People:
    """The viewers, and the creators as they are to them; Doubtful when anything is."""
    blocks = list(_viewers(frozen))
    sure(len(blocks) > 0)
    ids, values, linked, names = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    theirs = np.array([creator.cluster or b"" for creator in frozen.creators], f"S{ID}")
    known, numbers = np.unique(np.concatenate((theirs, names)), return_inverse=True)
    numbers[known[numbers] == b""] = NOBODY
    theirs, clusters = numbers[: len(theirs)], np.full(len(ids), NOBODY)
    clusters[linked] = numbers[len(theirs) :]
    creators = Ids(np.array([creator.id for creator in frozen.creators], f"S{ID}"))
    own, is_creator = creators.find(ids)
    own[~is_creator] = NOBODY
    is_viewer = np.zeros(len(creators), np.bool_)
    is_viewer[own[is_creator]] = True
    sure((theirs[own[is_creator]] == clusters[is_creator]).all())
    return People(Ids(ids), values, clusters, own, creators, theirs, is_viewer)


def _viewers(frozen: Frozen) -> Iterator[tuple[NDArray[Any], ...]]:
    """Ids, values, whether they are linked, and the clusters of those who are, a block at a time."""
    for text in _blocks(frozen, "viewers.csv", VIEWERS):
        lines = Lines(text, ID + len(",0,"))
        is_linked = lines.lengths > ID + DIGITS + len(",,")
        comma = lines.ends - 1 - ID * is_linked
        values = lines.numbers(comma, comma - lines.starts - ID - 1, DIGITS)
        lines.commas(comma)
        lines.commas(lines.starts + ID)
        yield lines.ids(lines.starts), values, is_linked, lines.ids(comma[is_linked] + 1)


def units(frozen: Frozen, people: People) -> Iterator[Units]:
    """All units of the week, each viewer's in one piece; Doubtful when anything is."""
    before = NOBODY
    for text in _blocks(frozen, "units.csv", UNITS):
        found = _units(Lines(text, _IDS + 1 + _DONE), people, frozen.policy.weights)
        sure(found.viewers[0] > before)
        before = int(found.viewers[-1])
        yield found


def _blocks(frozen: Frozen, name: str, header: bytes) -> Iterator[bytes]:
    """The lines after the header, in pieces that end where the lines of one id do."""
    with opened(frozen.directory, name) as file:
        sure(file.readline() == header + b"\n")
        rest = b""
        while block := file.read(_BLOCK):
            text = rest + block
            last = text.rfind(b"\n", 0, text.rfind(b"\n"))  # before the last whole line
            end = bisect_left(range(last + 1), _id(text, last + 1), key=partial(_id, text))
            if end:
                yield text[:end]
            rest = text[end:]
            sure(len(rest) < _WEEK)
        if rest:
            yield rest


def _id(text: bytes, place: int) -> bytes:
    """The id in front of the line there."""
    start = text.rfind(b"\n", 0, place) + 1
    return text[start : start + ID]


def _units(lines: Lines, people: People, weights: Weights) -> Units:
    for comma in (ID, 2 * ID + 1, 3 * ID + 2):
        lines.commas(lines.starts + comma)
    ids = lines.cut(lines.starts, ID)
    firsts = runs(ids)
    viewers = np.repeat(people.viewers.places(ids[firsts]), np.diff(firsts, append=len(ids)))
    creators = people.creators.places(lines.cut(lines.starts + ID + 1, ID))
    _sorted(viewers, creators, lines.ids(lines.starts + 2 * ID + 2))
    return Units(viewers, creators, _effects(lines, weights))


def _sorted(viewers: Column, creators: Column, contents: NDArray[Any]) -> None:
    """Of two lines the second is of a later viewer, or creator, or content; people are sorted, so places will do."""
    same = viewers[1:] == viewers[:-1]
    sure((viewers[1:] >= viewers[:-1]).all() and (creators[1:] >= creators[:-1])[same].all())
    pair = np.flatnonzero(same & (creators[1:] == creators[:-1]))
    sure((contents[pair] < contents[pair + 1]).all())


def _effects(lines: Lines, weights: Weights) -> Column:
    """Step 1."""
    dwell = lines.numbers(lines.ends - _DONE, lines.lengths - _IDS - _DONE, 3)
    done = lines.characters(lines.ends - _DONE, _DONE)
    sure(dwell.max() <= _LONGEST and (done[::2] == ord(",")).all())
    # What is below "0" comes out far above 3.
    liked, bookmarked, comments, shared, component = (done[1::2] - np.uint8(ord("0"))).astype(np.int64)
    sure(comments.max() <= 3 and max(flag.max() for flag in (liked, bookmarked, shared, component)) <= 1)
    one = weights
    most = _LONGEST * (one.minute + one.like + one.bookmark + one.comment + one.share + one.component)
    sure(fits(most * len(dwell)))
    effects: Column = (
        dwell * one.minute // 60
        + liked * one.like
        + bookmarked * one.bookmark
        + comments * one.comment
        + shared * one.share
        + component * one.component
    )
    return effects
