"""A Merkle tree over what each creator got, so that one statement can be checked against one published root.

It is OpenZeppelin's standard tree (@openzeppelin/merkle-tree, MerkleProof.sol): a leaf is the Keccak-256 of the
Keccak-256 of its ABI encoding, leaves are sorted, and each pair is hashed in order of size, so that a proof needs no
sides. The ABI types are TYPES: the week as a number (2026-W47 is 202647), the sixteen bytes of the creator's UUID,
and the amount in base units of the week (before what was carried over).
"""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

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
        + UUID(creator_id).bytes.ljust(_WORD, b"\0")
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
        node, siblings = self._places[one], []
        while node:
            siblings.append(self._nodes[node + 1 if node % 2 else node - 1])
            node = (node - 1) // 2
        return siblings


def is_proven(root: bytes, one: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof leads from the leaf to the root."""
    for sibling in proof:
        one = _joined(one, sibling)
    return one == root
