// How far its reader has read a conversation: what was in sight is told to the server, seldom; what other tabs read
// arrives here.
import { post } from "./net.js";
import { number } from "./rows.js";

const SETTLE_MS = 700;
const EVERY_MS = 2_000;

export class Reading {
  constructor(channel, position, timeline) {
    Object.assign(this, { channel, timeline, position, told: position, seen: position, toldAt: 0, isHeld: false });
  }

  /** The page moved, or grew. */
  look() {
    if (document.hidden || this.isHeld) return;
    const row = this.timeline.atEnd ? this.timeline.rows.get(this.timeline.last) : this.timeline.visible("bottom");
    if (!row || number(row) <= this.seen) return;
    this.seen = number(row);
    const wait = Math.max(SETTLE_MS, this.toldAt + EVERY_MS - performance.now());
    this.timer ??= setTimeout(() => this.tell(), wait);
  }

  async tell() {
    this.timer = undefined;
    if (this.seen <= this.told) return;
    const upTo = this.seen;
    this.told = upTo;
    this.toldAt = performance.now();
    try {
      const answer = await post(`/channels/${this.channel}/read/`, { number: upTo });
      if (!answer.ok) this.told = this.position;
      else this.position = Math.max(this.position, upTo);
    } catch {
      this.told = this.position; // told again with the next look
    }
  }

  /** Everything from a row on is unread again, and stays so until the conversation is opened anew. */
  async unread(n) {
    this.isHeld = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    const answer = await post(`/channels/${this.channel}/read/`, { number: n, unread: 1 });
    this.position = this.told = this.seen = n - 1;
    return answer.ok;
  }

  /** Another tab of the reader is there. */
  moved(position) {
    this.position = this.told = position;
    this.seen = Math.max(this.seen, position);
  }
}
