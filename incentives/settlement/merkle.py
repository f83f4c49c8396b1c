"""A Merkle tree over what each creator got, so that one statement can be checked against one published root.

It is OpenZeppelin's standard tree (@openzeppelin/merkle-tree, MerkleProof.sol): a leaf is the Keccak-256 of the
Keccak-256 of its ABI encoding, leaves are sorted, and each pair is hashed in order of size, so that a proof needs no
sides. The ABI types are TYPES: the week as a number (2026-W47 is 202647), the sixteen bytes of the creator's UUID,
and the amount in base units of the week (before what was carried over).
"""

from collections.abc import Iterable, Iterator, Sequence
from os import SEEK_END
from typing import IO, Final

from Crypto.Hash import keccak

TYPES: Final = ("uint32", "bytes16", "uint256")
_WORD: Final = 32


def keccak256(data: bytes) -> bytes:
    """Ethereum's hash; not SHA3-256, which pads differently."""
    return keccak.new(digest_bits=256, data=data).digest()


def leaf(week: str, creator_id: str, amount_units: int) -> bytes:
    """The leaf of one creator in a week."""
    year, number = week.split("-W")
    encoded = (
        (int(year) * 100 + int(number)).to_bytes(_WORD, "big")
        + bytes.fromhex(creator_id.replace("-", "")).ljust(_WORD, b"\0")
        + amount_units.to_bytes(_WORD, "big")
    )
    return keccak256(keccak256(encoded))


def _joined(one: bytes, other: bytes) -> bytes:
    return keccak256(one + other if one < other else other + one)


class Tree:
    """The tree over some leaves, at least one."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        ordered = sorted(leaves)
        if not ordered:
            raise ValueError("A tree needs a leaf.")
        # The root is node 0, the children of node n are 2n + 1 and 2n + 2; the leaves are the last nodes, backwards.
        inner = len(ordered) - 1
        self._nodes = [b""] * inner + ordered[::-1]
        for node in range(inner - 1, -1, -1):
            self._nodes[node] = _joined(self._nodes[2 * node + 1], self._nodes[2 * node + 2])
        self._places = {one: len(self._nodes) - 1 - place for place, one in enumerate(ordered)}

    @property
    def root(self) -> bytes:
        """What is published."""
        return self._nodes[0]

    def proof(self, one: bytes) -> list[bytes]:
        """The siblings from the leaf `one` up to the root; KeyError when it is none of the leaves."""
        return [self._nodes[node] for node in _siblings(self._places[one])]

    def stored(self) -> bytes:
        """All nodes, the root first: what `stored_proof` reads."""
        return b"".join(self._nodes)


def stored_proof(file: IO[bytes], one: bytes) -> list[bytes]:
    """What Tree.proof says, from the file of a stored tree: a few reads, however many leaves there are.

    KeyError when `one` is none of the leaves.
    """

    def node(place: int) -> bytes:
        file.seek(place * _WORD)
        return file.read(_WORD)

    nodes = file.seek(0, SEEK_END) // _WORD
    low, high = nodes // 2, nodes  # the leaves are the last nodes, the largest first
    while low < high:
        middle = (low + high) // 2
        if node(middle) > one:
            low = middle + 1
        else:
            high = middle
    if low == nodes or node(low) != one:
        raise KeyError(one)
    return [node(place) for place in _siblings(low)]


def _siblings(node: int) -> Iterator[int]:
    while node:
        yield node + 1 if node % 2 else node - 1
        node = (node - 1) // 2


def is_proven(root: bytes, one: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof leads from the leaf to the root."""
    for sibling in proof:
        one = _joined(one, sibling)
    return one == root
