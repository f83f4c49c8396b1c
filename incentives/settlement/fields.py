"""The fields of many lines at once, as columns. What is not written exactly as agreed is Doubtful."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from incentives.settlement.exact import Column, sure
from incentives.settlement.frozen import ID

DIGITS: Final = 18  # of LARGEST

_ZERO: Final = ord("0")
_LEAST: Final = np.array([0, 0, *(10**digits for digits in range(1, DIGITS))])  # of so many digits, none 0 in front
_HEX: Final = bytes(_ZERO if chr(code) in "0123456789abcdef" else code for code in range(256))
_FORM: Final = b"00000000-0000-0000-0000-000000000000"  # of an id whose digits are all 0
_SLOTS: Final = np.uint64(20)  # bits of a slot's number
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ ÷ the golden ratio: spreads what is multiplied by it


class Lines:
    """Lines of a text, one at least, each with its LF and of at least so many characters without it."""

    def __init__(self, text: bytes, shortest: int) -> None:
        sure(text.endswith(b"\n"))
        self._text = text
        self.ends: Column = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
        self.starts: Column = np.concatenate(([0], self.ends[:-1] + 1))
        self.lengths: Column = self.ends - self.starts
        sure(self.lengths.min() >= shortest)

    def cut(self, starts: Column, length: int) -> NDArray[Any]:
        """The `length` bytes from each of these places on."""
        return np.ndarray(len(self._text) - length + 1, f"S{length}", self._text, strides=(1,))[starts]

    def characters(self, starts: Column, length: int) -> NDArray[np.uint8]:
        """The same as codes: a row for each of the characters, a column a line."""
        return np.ascontiguousarray(self.cut(starts, length).view(np.uint8).reshape(-1, length).T)

    def ids(self, starts: Column) -> NDArray[Any]:
        """UUIDs in lower case."""
        found = self.cut(starts, ID)
        sure(found.tobytes().translate(_HEX) == _FORM * len(found))
        return found

    def commas(self, places: Column) -> None:
        """There are commas, nothing else."""
        sure((self.cut(places, 1) == b",").all())

    def numbers(self, ends: Column, digits: Column, most: int) -> Column:
        """Whole numbers that end before these places, of so many digits, `most` at most; so much stands before them."""
        sure(digits.min() >= 1 and digits.max() <= most)
        found = np.zeros(len(ends), np.int64)
        for place, codes in enumerate(self.characters(ends - most, most)[::-1]):
            figures = np.where(digits > place, codes - np.uint8(_ZERO), 0)  # what is below "0" comes out far above 9
            sure(figures.max() <= 9)
            found += figures * np.int64(10**place)
        sure((found >= _LEAST[digits]).all())
        return found


class Ids:
    """Ids in order, one at least; says the places of others among them."""

    def __init__(self, ids: NDArray[Any]) -> None:
        sure(len(ids) > 0 and (ids[1:] > ids[:-1]).all())
        self._ids = ids
        # A guess where an id stands: of those that share a slot, the last. Nearly always right, and ten times as fast
        # as a search.
        self._slots = np.zeros(1 << int(_SLOTS), np.int32)
        self._slots[_slot(ids)] = np.arange(len(ids))

    def __len__(self) -> int:
        return len(self._ids)

    def find(self, ids: NDArray[Any]) -> tuple[Column, NDArray[np.bool_]]:
        """The place of each id, and whether it is there at all."""
        places = self._slots[_slot(ids)].astype(np.int64)
        missed = np.flatnonzero(self._ids[places] != ids)
        places[missed] = np.minimum(np.searchsorted(self._ids, ids[missed]), len(self) - 1)
        there = np.ones(len(ids), np.bool_)
        there[missed] = self._ids[places[missed]] == ids[missed]
        return places, there

    def places(self, ids: NDArray[Any]) -> Column:
        """The place of each id; Doubtful when one is not there."""
        places, there = self.find(ids)
        sure(there.all())
        return places


def runs(*columns: NDArray[Any]) -> Column:
    """Where lines begin that are alike in these columns, of one line at least."""
    changes = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.concatenate(([0], np.flatnonzero(changes) + 1))


def _slot(ids: NDArray[Any]) -> NDArray[np.uint64]:
    words = ids.view(np.uint32).reshape(-1, ID // 4).astype(np.uint64)  # of four characters
    return ((words[:, 1] << np.uint64(32) | words[:, -1]) * _GOLDEN) >> (np.uint64(64) - _SLOTS)
