// Who is writing, in a line; and telling that one is.
import { post } from "./net.js";
import { word } from "./words.js";

const SHOWN_MS = 6_000;
const EVERY_MS = 3_000;

export class Typing {
  constructor(channel, place, self) {
    Object.assign(this, { channel, place, self, people: new Map(), toldAt: -Infinity });
  }

  /** Somebody is writing. */
  heard({ handle, name }) {
    if (handle === this.self || !this.place) return;
    clearTimeout(this.people.get(name));
    this.people.set(name, setTimeout(() => this.stopped(name), SHOWN_MS));
    this.show();
  }

  /** Somebody has said it. */
  stopped(name) {
    if (!this.people.has(name)) return;
    clearTimeout(this.people.get(name));
    this.people.delete(name);
    this.show();
  }

  show() {
    const [a, b, ...more] = this.people.keys();
    let words = "";
    if (a) words = word(more.length ? "typing_many" : b ? "typing_two" : "typing_one", { a, b, n: more.length + 1 });
    if (this.place.textContent !== words) this.place.textContent = words;
  }

  /** One is writing oneself. */
  tell() {
    if (performance.now() - this.toldAt < EVERY_MS) return;
    this.toldAt = performance.now();
    post(`/channels/${this.channel}/typing/`).catch(() => {});
  }

  /** One has sent it: the next word tells again. */
  rest() {
    this.toldAt = -Infinity;
  }
}
