// A list of options for a text field that keeps the focus: arrow keys move, Enter or a tap chooses, Escape closes.
// The list is a popover, so it lies above dialogs too. `place` says where: {left, top, bottom, width} on the screen.
import { text } from "./texts.js";

const GAP = 6;
const MARGIN = 8;
let count = 0;

const status = document.createElement("p");
status.className = "sr";
status.setAttribute("role", "status");

export class Options {
  constructor(field, { choose, place, isEager = false }) {
    Object.assign(this, { field, choose, place, isEager });
    this.list = document.createElement("div");
    this.list.id = `options-${(count += 1)}`;
    this.list.className = "options";
    this.list.popover = "manual";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", text("suggestions"));
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    // A press must not take the focus, and a scroll that begins on an option must not choose it.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.take(option);
    });
  }

  get items() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get isOpen() {
    return this.list.isConnected && this.list.matches(":popover-open");
  }

  get active() {
    return this.list.querySelector('[aria-selected="true"]');
  }

  /** Show `html` (or elements); nothing to show closes the list. */
  show(...content) {
    const home = this.field.closest("dialog") ?? document.body; // what lies outside a modal dialog cannot be touched
    if (this.list.parentElement !== home) home.append(this.list, status);
    if (typeof content[0] === "string") this.list.innerHTML = content[0];
    else this.list.replaceChildren(...content);
    const items = this.items;
    if (!items.length) return this.close();
    items.forEach((item, index) => { item.id = `${this.list.id}-${index}`; });
    if (!this.isOpen) this.list.showPopover();
    this.field.setAttribute("aria-controls", this.list.id);
    status.textContent = text("suggested", { n: items.length });
    this.select(this.isEager ? items[0] : null);
    this.put();
    return undefined;
  }

  put() {
    const { left, top, bottom, width } = this.place();
    const { style, offsetHeight: height, offsetWidth } = this.list;
    style.width = width ? `${width}px` : "";
    const below = bottom + GAP + height <= innerHeight || bottom < innerHeight - top;
    style.top = `${Math.max(MARGIN, below ? bottom + GAP : top - GAP - height)}px`;
    style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - (width || offsetWidth) - MARGIN))}px`;
    style.maxHeight = `${Math.max(120, (below ? innerHeight - bottom : top) - GAP - MARGIN)}px`;
  }

  select(item) {
    for (const one of this.items) one.setAttribute("aria-selected", String(one === item));
    if (item) this.field.setAttribute("aria-activedescendant", item.id);
    else this.field.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  }

  move(step) {
    const { items, active } = this;
    const at = items.indexOf(active) + step;
    // In a search box there is a place before the first one: what was typed.
    const places = this.isEager ? items.length : items.length + 1;
    const next = active || this.isEager ? (at + places) % places : step > 0 ? 0 : items.length - 1;
    this.select(items[next] ?? null);
  }

  take(option) {
    this.close();
    this.choose(option);
  }

  close() {
    if (this.isOpen) this.list.hidePopover();
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
    status.textContent = "";
  }

  /** Whether the key was meant for the list. */
  press({ key, isComposing, ctrlKey, metaKey, altKey, shiftKey }) {
    if (!this.isOpen || isComposing || ctrlKey || metaKey || altKey) return false;
    if (key === "ArrowDown") this.move(1);
    else if (key === "ArrowUp") this.move(-1);
    else if (key === "Escape") this.close();
    else if ((key === "Enter" || (key === "Tab" && this.isEager && !shiftKey)) && this.active) this.take(this.active);
    else return false;
    return true;
  }
}

const WAIT_MS = 90;
const MOST_KEPT = 60;
const kept = new Map();
let asking = null;
let timer;

/** The server's options for `q`, once nothing more was typed for a moment; null when something newer is asked for. */
export function ask(q) {
  clearTimeout(timer);
  asking?.abort();
  if (kept.has(q)) return Promise.resolve(kept.get(q));
  const mine = (asking = new AbortController());
  return new Promise((resolve) => {
    mine.signal.addEventListener("abort", () => resolve(null));
    timer = setTimeout(async () => {
      try {
        const answer = await fetch(`/search/suggest/?q=${encodeURIComponent(q)}`, { signal: mine.signal });
        const html = answer.ok ? await answer.text() : "";
        if (answer.ok) kept.set(q, html);
        if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
        resolve(html);
      } catch {
        resolve(mine.signal.aborted ? null : ""); // without a connection nothing is suggested
      }
    }, WAIT_MS);
  });
}

/** Stop waiting for an answer. */
export function forget() {
  clearTimeout(timer);
  asking?.abort();
}
