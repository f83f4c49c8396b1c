// What comes over the socket, and what was missed. Every change of a channel has the next revision: whoever has n and
// hears n + 2 asks for what lies between. Many changes are painted together.
import { get } from "./net.js";
import { parse } from "./rows.js";

const PAINT_MS = 100; // at most ten paints a second, the first of a quiet time at once
const PATIENCE_MS = 700; // counts are told a quarter of a second late, and servers in another order: wait before asking
const SPREAD_MS = 300;
const ROUNDS = 5; // of catching up row by row; beyond it another part of the conversation is fetched
const RETRY_MS = 2_000, LAST_RETRY_MS = 30_000;

export class Stream {
  constructor({ channel, revision, timeline, mine, painted, lost, far }) {
    Object.assign(this, { channel, timeline, mine, painted, lost, far, known: revision });
    this.ahead = new Set(); // revisions that came before their turn
    this.queue = [];
    this.paintedAt = -Infinity;
    this.failures = 0;
  }

  /** A row came over the socket; it may stand for several changes that came together. */
  heard({ revision, covers = [] }, html) {
    this.queue.push(html);
    for (const one of covers) this.reach(one);
    this.reach(revision);
    this.schedule();
  }

  /** The channel has this revision. */
  reach(revision) {
    if (revision <= this.known) return;
    if (revision === this.known + 1) {
      this.known = revision;
      while (this.ahead.delete(this.known + 1)) this.known += 1;
      this.watch(); // the next hole is another one, and has its own time
    } else this.ahead.add(revision);
    if (this.ahead.size) this.gapTimer ??= setTimeout(() => this.judge(), PATIENCE_MS);
  }

  watch() {
    if ((this.behind ?? 0) > this.known) return;
    clearTimeout(this.gapTimer);
    this.gapTimer = undefined;
  }

  /** Told which revision there is, without the rows; all readers at once, who do not all ask at once. */
  told(revision, spread = 0) {
    if (revision > this.known) {
      this.behind = Math.max(this.behind ?? 0, revision);
      this.gapTimer ??= setTimeout(() => this.judge(), PATIENCE_MS + Math.random() * (spread + SPREAD_MS));
    }
  }

  judge() {
    this.gapTimer = undefined;
    if (this.ahead.size || (this.behind ?? 0) > this.known) this.catchUp();
  }

  schedule() {
    if (this.paintTimer) return;
    const wait = document.hidden ? 500 : Math.max(0, this.paintedAt + PAINT_MS - performance.now());
    const paint = () => (document.hidden ? this.paint() : requestAnimationFrame(() => this.paint()));
    this.paintTimer = setTimeout(paint, wait);
  }

  /** Everything that came since the last paint, in one change of the page. */
  paint() {
    this.paintTimer = undefined;
    this.paintedAt = performance.now();
    if (!this.queue.length) return;
    const { rows } = parse(this.queue.splice(0).join(""));
    this.put(rows);
  }

  put(rows) {
    const before = this.timeline.end;
    this.timeline.keep(() => this.timeline.put(rows));
    this.painted(before, rows);
  }

  /** Remember what the reader reacted with to some rows, as an answer says it. */
  remember(mine, rows) {
    for (const { dataset } of rows) this.mine.set(dataset.m, new Set(mine[dataset.m] ?? []));
  }

  /** Ask for every change after the last one that is known. */
  async catchUp() {
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    try {
      await this.fetchMissed();
      this.failures = 0;
    } catch {
      const wait = Math.min(LAST_RETRY_MS, RETRY_MS * 2 ** this.failures++);
      setTimeout(() => this.catchUp(), wait * (0.5 + Math.random()));
    }
    this.asking = false;
    if (this.again) {
      this.again = false;
      this.catchUp();
    }
  }

  async fetchMissed() {
    for (let round = 0; round < ROUNDS; round += 1) {
      const answer = await get(`/channels/${this.channel}/since/?revision=${this.known}`);
      if (answer.status === 404 || answer.status === 401) return this.lost();
      if (!answer.ok) throw new Error(String(answer.status));
      const { rows, mine } = parse(answer.html);
      this.remember(mine, rows);
      this.arrive(answer.number("X-Revision"));
      this.put(rows);
      if (!answer.number("X-More")) return;
    }
    await this.far();
  }

  /** The page has everything up to this revision. */
  arrive(revision) {
    this.known = Math.max(this.known, revision);
    for (const one of this.ahead) if (one <= this.known) this.ahead.delete(one);
    while (this.ahead.delete(this.known + 1)) this.known += 1;
  }
}
