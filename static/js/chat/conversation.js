// A conversation on the page: the one in the middle, or a thread in the panel. Its parts are told apart by file:
// timeline (rows), stream (what comes), reading, typing, writing; here they meet, and one travels through it.
import { get } from "./net.js";
import { put as keep, waiting } from "./outbox.js";
import { Reading } from "./reading.js";
import { number, parse } from "./rows.js";
import { Stream } from "./stream.js";
import { Timeline } from "./timeline.js";
import { Typing } from "./typing.js";
import { word } from "./words.js";
import { Writing } from "./writing.js";
import { show } from "../toast.js";

const ME = document.querySelector('meta[name="planet-user"]')?.content ?? "";
const NEAR = 900; // pixels from an end of the window at which more is fetched
const AWAY = 240; // pixels from the end at which the way back is offered
const all = new Map(); // element → Conversation

/** The conversation that an element stands in. */
export function of(element) {
  return all.get(element?.closest?.("[data-conversation]"));
}

/** The one in the middle of the page. */
export const main = () => all.get(document.querySelector(".conv [data-conversation]"));

export class Conversation {
  constructor(root) {
    all.set(root, this);
    this.root = root;
    const { conversation, group, handle, rights, revision, read, helper } = root.dataset;
    Object.assign(this, { channel: conversation, group, rights: Number(rights) });
    this.mine = new Map(Object.entries(JSON.parse(root.querySelector("[data-mine]")?.dataset.mine || "{}"))
      .map(([id, emoji]) => [id, new Set(emoji)]));
    this.reader = { handle, helper: helper !== undefined, mine: this.mine };
    this.timeline = new Timeline(root, this.reader);
    this.reading = new Reading(this.channel, Number(read), this.timeline);
    this.typing = new Typing(this.channel, root.querySelector("[data-typing]"), handle);
    this.stream = new Stream({
      channel: this.channel, revision: Number(revision), timeline: this.timeline, mine: this.mine,
      painted: (before, rows) => this.painted(before, rows), lost: () => this.lost(), far: () => this.anew(),
    });
    this.writing = new Writing(this);
    this.pill = root.querySelector("[data-to-end]");
    this.scroller = this.timeline.scroller;
    this.scroller.addEventListener("scroll", () => { this.timeline.scrolled(); this.moved(); }, { passive: true });
    for (const entry of waiting(this.channel)) this.writing.show(entry);
    this.arrive();
  }

  /** Stand where the page was opened: at a message, at what is new, or at the end. */
  arrive() {
    const { focus } = this.root.dataset;
    const line = this.timeline.line;
    if (focus) this.toRow(Number(focus), { flash: !line });
    else if (line && line.offsetTop < this.timeline.list.scrollHeight - this.scroller.clientHeight) line.scrollIntoView({ block: "start" });
    this.timeline.scrolled();
    this.moved();
  }

  // --- what comes -------------------------------------------------------------------------------------------------

  heard(kind, data, html) {
    if (kind === "message") this.stream.heard(data, html);
    else if (kind === "revision") this.stream.told(data.revision, data.spread);
    else if (kind === "typing") this.typing.heard(data);
  }

  painted(before, rows) {
    for (const row of rows) this.typing.stopped(row.querySelector(".n b")?.textContent);
    const isNew = this.timeline.end > before;
    if (isNew && (document.hidden || !this.timeline.atEnd) && !this.timeline.line) this.timeline.mark(before + 1);
    this.moved();
  }

  /** The conversation is no longer its reader's. */
  lost() {
    if (this.isLost) return;
    show(word("removed_you"), { kind: "error" });
    this.root.querySelector("[data-send]")?.remove();
    this.isLost = true;
  }

  // --- moving -----------------------------------------------------------------------------------------------------

  moved() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      const { scrollTop, scrollHeight, clientHeight } = this.scroller;
      if (scrollHeight - clientHeight + scrollTop < NEAR) this.more("top");
      if (scrollTop > -NEAR) this.more("bottom");
      this.reading.look();
      this.offer();
    });
  }

  /** The way back to the end, and how much is new there. */
  offer() {
    if (!this.pill) return;
    const n = Math.max(0, this.timeline.end - Math.max(this.reading.seen, this.reading.position));
    const away = this.timeline.hasNewer || this.scroller.scrollTop < -AWAY;
    if (this.pill.hidden === away) this.pill.hidden = !away;
    if (!away) return;
    const label = n ? word(n === 1 ? "new_one" : "new_many", { n }) : word("newest");
    const place = this.pill.querySelector("[data-label]");
    if (place.textContent !== label) place.textContent = label;
    this.pill.classList.toggle("hot", n > 0);
  }

  page(query) {
    return get(`/channels/${this.channel}/page/?${new URLSearchParams(query)}`);
  }

  /** The page above or below the window, when one comes near. */
  async more(edge) {
    const { timeline } = this;
    if (this.isLoading || this.isLost || !(edge === "top" ? timeline.hasOlder : timeline.hasNewer)) return;
    this.isLoading = true;
    try {
      const at = edge === "top" ? timeline.first : timeline.last;
      const answer = await this.page({ [edge === "top" ? "before" : "after"]: at });
      if (answer.ok) this.extend(answer, edge);
      else if (answer.status === 404) this.lost();
    } catch {
      // No connection: the next movement tries again.
    }
    this.isLoading = false;
  }

  extend(answer, edge) {
    const { rows, mine } = parse(answer.html);
    const { timeline } = this;
    this.stream.remember(mine, rows);
    timeline.end = Math.max(timeline.end, answer.number("X-Last-Number"));
    if (edge === "top") timeline.hasOlder = rows.length > 0 && number(rows[0]) > 1;
    else timeline.hasNewer = rows.length > 0 && number(rows.at(-1)) < timeline.end;
    timeline.extend(rows, edge);
    this.moved();
  }

  /** Another part of the conversation: around a number, a day, or (nothing asked) its end. */
  async travel(query) {
    const answer = await this.page(query);
    if (answer.status === 404) return this.lost();
    if (!answer.ok) throw new Error(String(answer.status));
    const { rows, mine } = parse(answer.html);
    const { timeline } = this;
    this.stream.remember(mine, rows);
    timeline.end = Math.max(timeline.end, answer.number("X-Last-Number"));
    timeline.replace(rows, {
      hasOlder: rows.length > 0 && number(rows[0]) > 1,
      hasNewer: rows.length > 0 && number(rows.at(-1)) < timeline.end,
    });
    this.stream.arrive(answer.number("X-Revision"));
    return answer.number("X-Target");
  }

  /** Too much was missed to be told row by row: what is looked at is fetched as it is now. */
  async anew() {
    const row = this.timeline.atEnd ? null : this.timeline.visible("top");
    await this.travel(row ? { around: number(row) } : {});
    if (row) this.toRow(number(row));
    else this.timeline.toEnd();
  }

  /** Show the message with this number. */
  async go(n) {
    if (!this.timeline.rows.has(n)) {
      try {
        await this.travel({ around: n });
      } catch {
        show(word("retry"), { kind: "error" });
        return;
      }
    }
    this.toRow(n, { flash: true });
  }

  async goDate(date) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const target = await this.travel({ date, zone });
    if (target) this.toRow(target, { flash: true });
  }

  async goEnd() {
    if (this.timeline.hasNewer) await this.travel({});
    this.timeline.toEnd();
    this.moved();
  }

  toRow(n, { flash = false } = {}) {
    const row = this.timeline.rows.get(n);
    if (!row) return;
    row.scrollIntoView({ block: "center" });
    this.timeline.scrolled();
    if (flash) {
      row.classList.remove("flash");
      requestAnimationFrame(() => row.classList.add("flash"));
      row.addEventListener("animationend", () => row.classList.remove("flash"), { once: true });
    }
    this.moved();
  }

  // --- writing ----------------------------------------------------------------------------------------------------

  /** Say something: it stands in the page at once, and is kept until the server has it. */
  say(message) {
    const entry = keep({ channel: this.channel, ...message });
    this.writing.show(entry);
    this.typing.rest();
    this.timeline.mark(0);
    if (this.timeline.hasNewer) this.goEnd().catch(() => {});
    else this.timeline.toEnd();
  }

  /** The server's answer about a row. */
  answered(html) {
    const { rows, mine } = parse(html);
    this.stream.remember(mine, rows);
    this.timeline.keep(() => this.timeline.put(rows));
    for (const row of rows) this.stream.reach(Number(row.dataset.r));
    this.moved();
  }
}

const known = (topic, one) => topic === `channel:${one.channel}`;

document.addEventListener("planet:event", ({ detail: { topic, kind, data, html } }) => {
  for (const [root, one] of all) {
    if (!root.isConnected) all.delete(root);
    else if (known(topic, one)) one.heard(kind, data, html);
    else if (topic !== `user:${ME}`) continue;
    else if (kind === "read" && data.channel === one.channel) one.reading.moved(data.position);
    else if (kind === "membership" && data.what === "removed" && data.group === one.group) one.lost();
  }
});

document.addEventListener("planet:resumed", ({ detail: { topics } }) => {
  for (const one of all.values()) {
    if (topics.includes("*") || topics.some((topic) => known(topic, one))) one.stream.catchUp();
  }
});

document.addEventListener("planet:outbox", ({ detail: { entry, kind, html, seconds, status } }) => {
  for (const one of all.values()) {
    if (kind === "elsewhere") one.writing.compare();
    else if (entry.channel !== one.channel) continue;
    else if (kind === "sent") one.answered(html);
    else if (status === 404) one.lost();
    else one.writing.state(entry, { seconds });
  }
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) for (const one of all.values()) one.moved();
});
