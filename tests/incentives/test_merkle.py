"""The tree is OpenZeppelin's, and every leaf can be proven."""

from io import BytesIO

import pytest

from incentives.settlement.merkle import Tree, is_proven, keccak256, leaf, stored_proof
from tests.incentives.weeks import uid


def test_the_hash_is_ethereums() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


def test_the_tree_is_the_one_of_openzeppelins_documentation() -> None:
    """The example of @openzeppelin/merkle-tree's README: (address, uint256)."""
    values = [(b"\x11" * 20, 5 * 10**18), (b"\x22" * 20, 25 * 10**17)]
    leaves = [keccak256(keccak256(who.rjust(32, b"\0") + amount.to_bytes(32, "big"))) for who, amount in values]

    assert Tree(leaves).root.hex() == "d4dee0beab2d53f2cc83e567171bd2820e49898130a22622b10ead383e90bd77"


def test_a_leaf_is_the_double_hash_of_three_words() -> None:
    encoded = (
        "0000000000000000000000000000000000000000000000000000000000031777"  # 202615
        "0123456789abcdef0123456789abcdef00000000000000000000000000000000"
        "00000000000000000000000000000000000000000000000000000000000f4240"  # 1,000,000
    )

    found = leaf("2026-W15", "01234567-89ab-cdef-0123-456789abcdef", 1_000_000)

    assert found == keccak256(keccak256(bytes.fromhex(encoded)))


@pytest.mark.parametrize("many", [1, 2, 3, 4, 5, 8, 13])
def test_every_creator_can_prove_their_amount_and_no_other(many: int) -> None:
    leaves = [leaf("2026-W47", uid(f"creator {number}"), number) for number in range(many)]
    tree = Tree(leaves)

    for number, one in enumerate(leaves):
        assert is_proven(tree.root, one, tree.proof(one))
        wrong = leaf("2026-W47", uid(f"creator {number}"), number + 1)
        assert not is_proven(tree.root, wrong, tree.proof(one))


def test_the_order_of_the_creators_does_not_change_the_root() -> None:
    leaves = [leaf("2026-W47", uid(f"creator {number}"), 5) for number in range(7)]

    assert Tree(leaves).root == Tree(leaves[::-1]).root


def test_what_is_no_leaf_has_no_proof() -> None:
    tree = Tree([leaf("2026-W47", uid("alice"), 1)])

    with pytest.raises(KeyError):
        tree.proof(leaf("2026-W47", uid("alice"), 2))


@pytest.mark.parametrize("many", [1, 2, 3, 4, 5, 8, 13])
def test_a_stored_tree_proves_the_same(many: int) -> None:
    leaves = [leaf("2026-W47", uid(f"creator {number}"), number) for number in range(many)]
    tree = Tree(leaves)
    file = BytesIO(tree.stored())

    for number, one in enumerate(leaves):
        assert stored_proof(file, one) == tree.proof(one)
        with pytest.raises(KeyError):
            stored_proof(file, leaf("2026-W47", uid(f"creator {number}"), number + 1))


def test_a_stored_proof_reads_little_of_the_file() -> None:
    class Counted(BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            found = super().read(size)
            self.taken += len(found)
            return found

    tree = Tree(leaf("2026-W47", uid(f"creator {number}"), number) for number in range(1000))
    file = Counted(tree.stored())
    stored_proof(file, leaf("2026-W47", uid("creator 7"), 7))

    assert file.taken <= 32 * (11 + 10)  # two logarithms of a thousand, of 1,999 nodes


def test_a_tree_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a leaf"):
        Tree([])
