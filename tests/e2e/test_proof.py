"""The browser's own check of a proof, run by the engine that a browser has: the same bytes as Python's."""

import json
import subprocess
from pathlib import Path
from uuid import UUID

import playwright
import pytest

from incentives.settlement.merkle import Tree, keccak256, leaf
from planet.config.env import ROOT

pytestmark = pytest.mark.e2e
NODE = Path(playwright.__file__).parent / "driver" / "node"
SCRIPT = f"""
const {{ keccak256 }} = await import("{ROOT}/static/js/pool/keccak.js");
const {{ isProven }} = await import("{ROOT}/static/js/pool/merkle.js");
const [proof, root, texts] = JSON.parse(process.argv[1]);
const hashes = texts.map((hex) => Buffer.from(keccak256(Uint8Array.from(Buffer.from(hex, "hex")))).toString("hex"));
const more = {{ ...proof, amount_units: String(BigInt(proof.amount_units) + 1n) }};
const other = root.replace(/.$/, "g");
console.log(JSON.stringify([hashes, isProven(proof, root), isProven(more, root), isProven(proof, other)]));
"""


@pytest.mark.parametrize("creators", [1, 2, 7], ids=str)
def test_the_browser_comes_to_the_same_root(creators: int) -> None:
    leaves = {
        str(UUID(int=number)): leaf("2026-W46", str(UUID(int=number)), 2**60 + number) for number in range(creators)
    }
    tree, mine = Tree(leaves.values()), str(UUID(int=0))
    texts = [bytes(range(length % 256)) * (1 + length // 256) for length in (0, 1, 135, 136, 137, 200)]
    proof = {
        "week": "2026-W46", "creator_id": mine, "amount_units": str(2**60),
        "proof": [f"0x{one.hex()}" for one in tree.proof(leaves[mine])],
    }  # fmt: skip
    asked = json.dumps([proof, f"0x{tree.root.hex()}", [one.hex() for one in texts]])

    said = subprocess.run(
        [NODE, "--input-type=module", "-e", SCRIPT, asked], capture_output=True, check=True, text=True, timeout=60
    )

    assert json.loads(said.stdout) == [[keccak256(one).hex() for one in texts], True, False, False]
