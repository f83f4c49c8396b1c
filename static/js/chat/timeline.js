// The rows of a conversation: a window on it, bounded, in order of number. What is outside is on the server.
import { adopt, join, number, revision } from "./rows.js";
import { word } from "./words.js";

const MOST = 180; // rows that stand in the page while one is at the end
const KEPT = 120; // and how many stay when it is cut
const MOST_AWAY = 400; // while one reads above

export class Timeline {
  constructor(root, reader) {
    this.reader = reader;
    this.scroller = root.querySelector("[data-scroll]");
    this.list = root.querySelector("[data-messages]");
    this.hush = root.querySelector("[data-no-messages]");
    this.pending = Object.assign(document.createElement("div"), { className: "pendings" });
    this.list.append(this.pending);
    this.isAway = false;
    this.rows = new Map(); // number → row
    this.end = Number(root.dataset.last); // the number of the channel's last message
    this.hasOlder = this.list.querySelector("[data-older]") !== null;
    this.hasNewer = this.list.querySelector("[data-newer]") !== null;
    for (const link of this.list.querySelectorAll("[data-older], [data-newer]")) link.remove();
    for (const line of this.list.querySelectorAll(".day:not(.unread)")) line.remove();
    this.line = this.list.querySelector("[data-unread-line]");
    let before = null;
    for (const row of this.list.querySelectorAll("article.msg")) {
      this.rows.set(number(row), adopt(row, reader));
      join(before, row);
      before = row;
    }
    this.bounds();
  }

  /** The numbers at both ends of the window; 0 for none. */
  bounds() {
    const all = this.list.querySelectorAll(":scope > article.msg");
    this.first = all.length ? number(all[0]) : 0;
    this.last = all.length ? number(all[all.length - 1]) : 0;
    this.hush.hidden = all.length > 0 || this.pending.childElementCount > 0 || this.hasNewer;
  }

  /** Whether the newest message is in sight. Where the scroller stands is remembered: asking it costs a layout. */
  get atEnd() {
    return !this.hasNewer && !this.isAway;
  }

  /** The scroller was moved. It counts from its end. */
  scrolled() {
    this.isAway = this.scroller.scrollTop < -24;
  }

  toEnd() {
    this.scroller.scrollTop = 0;
    this.isAway = false;
  }

  /** Change what stands in the page without moving what is being read. */
  keep(change) {
    if (this.atEnd) {
      change();
      return;
    }
    const anchor = this.visible("top");
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) this.scroller.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  /** The first or the last row in sight. */
  visible(edge) {
    const box = this.scroller.getBoundingClientRect();
    const all = [...this.list.querySelectorAll(":scope > article.msg")];
    if (edge === "top") return all.find((row) => row.getBoundingClientRect().bottom > box.top + 4);
    return all.findLast((row) => row.getBoundingClientRect().top < box.bottom - 12);
  }

  /** Put rows (any numbers, any order) where they belong; an older state of a row never replaces a newer one. */
  put(fresh) {
    const touched = new Set();
    for (const row of fresh) {
      const n = number(row);
      this.settle(row.dataset.c);
      const old = this.rows.get(n);
      if (n > this.end) this.end = n;
      if (old ? revision(old) >= revision(row) : !this.belongs(n)) continue;
      adopt(row, this.reader);
      if (old) this.exchange(old, row);
      else this.insert(row, n);
      this.rows.set(n, row);
      touched.add(row);
    }
    if (touched.size) this.mend(touched);
    return touched.size;
  }

  /** Whether a number that is not here is within the window, or goes on from it. */
  belongs(n) {
    if (!this.rows.size) return !this.hasNewer;
    return n > this.first && (n < this.last || !this.hasNewer);
  }

  exchange(old, row) {
    const held = old.contains(document.activeElement);
    const acts = old.querySelector(":scope > [data-acts]");
    if (acts) row.append(acts);
    old.replaceWith(row);
    if (held) {
      row.tabIndex = -1;
      row.focus({ preventScroll: true });
    }
  }

  insert(row, n) {
    if (n > this.last || !this.last) {
      (this.tail ?? this.hush).before(row);
      this.last = n;
      if (!this.first) this.first = n;
      return;
    }
    let after = this.rows.get(this.last);
    for (const [one, element] of this.rows) if (one > n && one < number(after)) after = element;
    let place = after;
    while (place.previousElementSibling?.matches(".day")) place = place.previousElementSibling;
    place.before(row);
    if (n < this.first) this.first = n;
  }

  /** What stands between the rows that came and their neighbours. */
  mend(touched) {
    const after = new Set();
    for (const row of touched) {
      after.add(row);
      const next = nextRow(row);
      if (next) after.add(next);
    }
    for (const row of after) join(previousRow(row), row);
    this.hush.hidden = true;
    this.came(touched);
    this.cut();
  }

  /** The window stays bounded: rows far above go while one is at the end; while one is above, new ones wait. */
  cut() {
    if (this.atEnd && this.rows.size > MOST) this.drop(this.rows.size - KEPT, "top");
    else if (this.rows.size > MOST_AWAY) this.hasNewer = true;
  }

  drop(count, edge) {
    const numbers = [...this.rows.keys()].sort((a, b) => (edge === "top" ? a - b : b - a)).slice(0, count);
    for (const n of numbers) {
      const row = this.rows.get(n);
      while (row.previousElementSibling?.matches(".day")) row.previousElementSibling.remove();
      row.remove();
      this.rows.delete(n);
    }
    if (edge === "top") this.hasOlder = true;
    else this.hasNewer = true;
    this.bounds();
    const first = this.rows.get(this.first);
    if (first) join(null, first);
  }

  /** A page above or below what is here. */
  extend(fresh, edge) {
    this.keep(() => {
      const touched = new Set();
      const ordered = edge === "top" ? [...fresh].reverse() : fresh;
      for (const row of ordered) {
        const n = number(row);
        if (this.rows.has(n)) continue;
        adopt(row, this.reader);
        if (edge === "top") {
          const first = this.rows.get(this.first);
          let place = first ?? this.hush;
          while (place.previousElementSibling?.matches(".day")) place = place.previousElementSibling;
          place.before(row);
          this.first = n;
          this.last ||= n;
        } else this.insert(row, n);
        this.rows.set(n, row);
        touched.add(row);
      }
      if (touched.size) {
        const atEnd = edge === "top" ? "bottom" : "top";
        this.mendOnly(touched);
        if (this.rows.size > MOST_AWAY) this.drop(this.rows.size - MOST_AWAY, atEnd);
      }
    });
  }

  /** Cards in the rows are told of their coming. */
  came(touched) {
    for (const row of touched) {
      if (row.querySelector("[data-poll], [data-topic]")) row.dispatchEvent(new CustomEvent("planet:rows", { bubbles: true }));
    }
  }

  mendOnly(touched) {
    this.came(touched);
    const after = new Set(touched);
    for (const row of touched) {
      const next = nextRow(row);
      if (next) after.add(next);
    }
    for (const row of after) join(previousRow(row), row);
  }

  /** Everything anew: another part of the conversation. */
  replace(fresh, { hasOlder, hasNewer }) {
    for (const element of this.list.querySelectorAll(":scope > article.msg, :scope > .day")) element.remove();
    this.rows.clear();
    this.first = this.last = 0;
    this.line = null;
    this.hasOlder = hasOlder;
    this.hasNewer = false;
    for (const row of fresh) {
      this.insert(adopt(row, this.reader), number(row));
      this.rows.set(number(row), row);
    }
    this.hasNewer = hasNewer;
    this.mendOnly(new Set(fresh));
    this.bounds();
  }

  /** The line above the first message that is new; 0 takes it away. */
  mark(n) {
    this.line?.remove();
    this.line = null;
    const row = n && this.rows.get(n);
    if (!row) {
      if (n === 0) for (const one of this.rows.values()) join(previousRow(one), one);
      return;
    }
    this.line = document.createElement("div");
    this.line.className = "day unread";
    this.line.dataset.unreadLine = "";
    this.line.append(Object.assign(document.createElement("span"), { textContent: word("new") }));
    row.before(this.line);
    join(previousRow(row), row);
  }

  /** A row of one's own that is on its way. */
  wait(row) {
    this.pending.append(row);
    this.hush.hidden = true;
  }

  /** What was on its way has come. */
  settle(clientId) {
    this.pending.querySelector(`[data-c="${CSS.escape(clientId)}"]`)?.remove();
  }
}

function previousRow(row) {
  let before = row.previousElementSibling;
  while (before && !before.matches("article.msg")) before = before.previousElementSibling;
  return before;
}

function nextRow(row) {
  let next = row.nextElementSibling;
  while (next && !next.matches("article.msg")) next = next.nextElementSibling;
  return next;
}
