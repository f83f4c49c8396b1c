// Keccak-256, Ethereum's hash, in BigInt: a proof is some fifteen blocks, and speed does not matter.

const MASK = (1n << 64n) - 1n;
const RATE = 136;

const turn = (lane, by) => (by ? ((lane << by) | (lane >> (64n - by))) & MASK : lane);

// The round constants come from a shift register, as in the definition.
function* register() {
  let state = 1;
  for (;;) {
    yield state & 1;
    state = (state << 1) ^ (state & 0x80 ? 0x171 : 0);
  }
}

const bits = register();
const CONSTANTS = Array.from({ length: 24 }, () => {
  let constant = 0n;
  for (let place = 0; place < 7; place++) if (bits.next().value) constant |= 1n << BigInt(2 ** place - 1);
  return constant;
});

function permute(lanes) {
  for (const constant of CONSTANTS) {
    const column = Array.from({ length: 5 }, (_, x) => lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]);
    for (let at = 0; at < 25; at++) lanes[at] ^= column[(at + 4) % 5] ^ turn(column[(at + 1) % 5], 1n);
    let [x, y, lane] = [1, 0, lanes[1]];
    for (let step = 1; step <= 24; step++) {
      [x, y] = [y, (2 * x + 3 * y) % 5];
      const next = lanes[x + 5 * y];
      lanes[x + 5 * y] = turn(lane, BigInt(((step * (step + 1)) / 2) % 64));
      lane = next;
    }
    for (let row = 0; row < 25; row += 5) {
      const was = lanes.slice(row, row + 5);
      for (let at = 0; at < 5; at++) lanes[row + at] = was[at] ^ (~was[(at + 1) % 5] & MASK & was[(at + 2) % 5]);
    }
    lanes[0] ^= constant;
  }
}

/** The 32 bytes of the hash of some bytes. */
export function keccak256(bytes) {
  const lanes = new Array(25).fill(0n);
  const padded = new Uint8Array(Math.ceil((bytes.length + 1) / RATE) * RATE);
  padded.set(bytes);
  padded[bytes.length] ^= 0x01;
  padded[padded.length - 1] ^= 0x80;
  for (let block = 0; block < padded.length; block += RATE) {
    for (let at = 0; at < RATE; at++) lanes[at >> 3] ^= BigInt(padded[block + at]) << BigInt(8 * (at % 8));
    permute(lanes);
  }
  return Uint8Array.from({ length: 32 }, (_, at) => Number((lanes[at >> 3] >> BigInt(8 * (at % 8))) & 255n));
}
