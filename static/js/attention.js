// What was seen, and for how long. A list of cards comes with a token (`[data-seen]`) in which the server signed what it
// showed; this counts the time each card was really in view and reports it, a token with its sum, every ten seconds and
// when the page goes away. In view: half of the card, or half of the window filled by it, while the tab is visible and
// somebody is there. Nothing is reported of what was in view for less than a second.
const EVERY_MS = 10_000;
const ALONE_MS = 60_000; // without a movement or a key: nobody is there
const GLANCE_MS = 1000;
const MOST_MS = 60_000; // what the server takes of one item in one report
const MOST_PAGES = 8; // and of pages in one beacon
const HEADER = 30;
const ITEM = 32;
const TAG = 16;

const pages = []; // {token, seq, items: Map(index → {ms, told})}
const covered = new Map(); // post id → {page, index}
const half = new Set(); // cards of which half is in view
const middle = new Set(); // cards that lie across the middle of the window
let since = performance.now();
let moved = since;
let shown = document.visibilityState === "visible";

const hex = (text) => [...text].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join("");
const uuid = (raw) => hex(raw).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

/** Take a token, and know which posts it covers. */
function learn(element) {
  const token = element.dataset.seen;
  if (pages.some((page) => page.token === token)) return;
  const raw = atob(token);
  const page = { token, seq: 0, items: new Map() };
  pages.push(page);
  const count = (raw.length - HEADER - TAG) / ITEM;
  for (let index = 0; index < count; index += 1) {
    covered.set(uuid(raw.slice(HEADER + index * ITEM, HEADER + index * ITEM + 16)), { page, index });
  }
}

function* inView() {
  yield* half;
  // Who is taller than the window never shows half of itself: lying across the middle it fills half of the window.
  for (const card of middle) if (!half.has(card) && card.offsetHeight >= innerHeight) yield card;
}

/** Add the time since the last call to whatever was in view. */
function settle() {
  const now = performance.now();
  // Timers sleep with the machine; more than two rounds at once nobody has looked.
  const passed = Math.min(now, moved + ALONE_MS) - since;
  since = now;
  if (!shown || passed <= 0 || passed > 2 * EVERY_MS) return;
  for (const card of inView()) {
    const place = covered.get(card.dataset.post);
    if (!place) continue;
    const item = place.page.items.get(place.index) ?? { ms: 0, told: false };
    item.ms += passed;
    place.page.items.set(place.index, item);
  }
}

const worth = ({ ms, told }) => (told ? ms >= 1 : ms >= GLANCE_MS);

/** The reports of all pages with something to say, as the server reads them. */
function reports() {
  const found = [];
  for (const page of pages) {
    const seen = [...page.items].filter(([, item]) => worth(item));
    if (seen.length > 0) found.push({ page, seen });
  }
  return found;
}

function send(batch) {
  const body = batch.map(({ page, seen }) => [
    page.token,
    page.seq + 1,
    seen.map(([index, { ms }]) => [index, Math.min(MOST_MS, Math.round(ms))]),
  ]);
  // What the browser does not accept now is part of the next report.
  if (!navigator.sendBeacon("/beacon/", new Blob([JSON.stringify(body)], { type: "text/plain" }))) return;
  for (const { page, seen } of batch) {
    page.seq += 1;
    for (const [, item] of seen) Object.assign(item, { ms: 0, told: true });
  }
}

function flush() {
  settle();
  const all = reports();
  for (let start = 0; start < all.length; start += MOST_PAGES) send(all.slice(start, start + MOST_PAGES));
}

// --- what is in view -------------------------------------------------------------------------------------------------

function watch(set, isIn, options) {
  return new IntersectionObserver((changes) => {
    settle();
    for (const change of changes) set[isIn(change) ? "add" : "delete"](change.target);
  }, options);
}

const observers = [
  watch(half, (change) => change.intersectionRatio >= 0.5, { threshold: 0.5 }),
  watch(middle, (change) => change.isIntersecting, { rootMargin: "-50% 0px" }),
];

function each(node, selector, run) {
  if (!(node instanceof Element)) return;
  if (node.matches(selector)) run(node);
  node.querySelectorAll(selector).forEach(run);
}

function added(node) {
  each(node, "[data-seen]", learn);
  each(node, "[data-post]", (card) => observers.forEach((observer) => observer.observe(card)));
}

function removed(card) {
  if (card.isConnected) return; // only moved
  observers.forEach((observer) => observer.unobserve(card));
  half.delete(card);
  middle.delete(card);
}

new MutationObserver((changes) => {
  for (const { addedNodes, removedNodes } of changes) {
    if (removedNodes.length > 0) settle();
    for (const node of removedNodes) each(node, "[data-post]", removed);
    for (const node of addedNodes) if (node.isConnected) added(node);
  }
}).observe(document.documentElement, { childList: true, subtree: true });

// --- who is there ----------------------------------------------------------------------------------------------------

function here() {
  const now = performance.now();
  if (now - moved > ALONE_MS) since = now; // back again: the time away is nobody's
  moved = now;
}

for (const name of ["pointerdown", "pointermove", "keydown", "scroll", "wheel", "touchmove"]) {
  addEventListener(name, here, { passive: true, capture: true });
}

function gone() {
  flush();
  shown = false;
}

function back() {
  shown = true;
  since = moved = performance.now();
}

document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? gone : back)());
addEventListener("pagehide", gone);
addEventListener("pageshow", ({ persisted }) => persisted && back());
// What was seen before a like or a comment is told before it.
document.addEventListener("submit", flush, { capture: true });
setInterval(() => shown && flush(), EVERY_MS);

added(document.documentElement);
