// Does an amount lead to the published root? The tree is OpenZeppelin's standard tree over (uint32, bytes16, uint256).
import { keccak256 } from "./keccak.js";

const bytesOf = (hex) => Uint8Array.from(hex.replace(/^0x/, "").match(/../g) ?? [], (two) => parseInt(two, 16));
const hexOf = (bytes) => `0x${Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("")}`;
const word = (number) => BigInt(number).toString(16).padStart(64, "0");

/** The leaf of a creator's amount in a week, as hex. */
export function leaf({ week, creator_id, amount_units }) {
  const [year, number] = week.split("-W");
  const encoded = word(Number(year) * 100 + Number(number)) + creator_id.replaceAll("-", "").padEnd(64, "0") + word(amount_units);
  return hexOf(keccak256(keccak256(bytesOf(encoded))));
}

/** Whether the proof leads from that amount to this root. Pairs are hashed in order of size. */
export function isProven(proof, root) {
  let node = leaf(proof);
  for (const sibling of proof.proof) {
    const [one, other] = node < sibling ? [node, sibling] : [sibling, node];
    node = hexOf(keccak256(bytesOf(one + other.slice(2))));
  }
  return node === root;
}
