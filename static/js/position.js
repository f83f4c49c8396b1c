// Where one was in a feed. Back from a post: what was loaded and how far it was scrolled stands again. Another day: a feed
// in time offers to go on where one stopped.
import { me } from "./send.js";

const MOST = 1_500_000; // characters of cards that are kept for the way back
const ENOUGH = 3; // cards: above that one was at the top
const HEADER = 110;

const list = document.querySelector("[data-feed]");
const name = list?.dataset.feed;
const place = () => `planet:at:${me}:${name}`;
const pages = () => `planet:pages:${me}:${location.pathname}${location.search}`;
const cards = () => [...list.querySelectorAll(":scope > [data-item]")];

function store(storage, key, value) {
  try {
    if (value) storage.setItem(key, JSON.stringify(value));
    else storage.removeItem(key);
  } catch {
    // A full or forbidden storage: then the feed begins at its top.
  }
}

function recall(storage, key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null;
  }
}

// --- the way back -----------------------------------------------------------------------------------------------

function leave() {
  const html = list.innerHTML;
  // Only one page is kept: the one that was left last.
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("planet:pages:")) sessionStorage.removeItem(key);
  if (cards().length && html.length < MOST) store(sessionStorage, pages(), { html, y: scrollY });
  remember();
}

function comeBack() {
  const kept = recall(sessionStorage, pages());
  if (!kept || performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return false;
  list.innerHTML = kept.html;
  window.htmx?.process(list);
  for (const card of cards()) card.classList.remove("fresh");
  list.classList.add("drawn"); // all cards at their own height, as they were: else this is another place
  scrollTo({ top: kept.y, behavior: "instant" });
  // Counts, and what is gone meanwhile: as after a lost connection.
  document.dispatchEvent(new CustomEvent("planet:resumed", { detail: { topics: ["*"] } }));
  return true;
}

// --- another day ------------------------------------------------------------------------------------------------

function remember() {
  const all = cards();
  const at = all.findIndex((card) => card.getBoundingClientRect().bottom > HEADER);
  // At the top there is nothing to come back to, but what was kept from below is over only once it was passed.
  if (at >= ENOUGH) store(localStorage, place(), { item: all[at].dataset.item });
}

function offer() {
  const link = document.querySelector("[data-resume]");
  const kept = recall(localStorage, place());
  if (!link || !kept || new URLSearchParams(location.search).has("at")) return;
  const all = cards();
  const at = all.findIndex((card) => card.dataset.item <= kept.item);
  if (at >= 0 && at < ENOUGH) return; // nothing new since: one is there
  link.href = `?at=${kept.item}`;
  link.hidden = false;
  link.addEventListener("click", (event) => {
    store(localStorage, place(), null);
    const here = cards().find((card) => card.dataset.item === kept.item);
    if (!here || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    link.hidden = true;
    here.scrollIntoView({ block: "start" });
  });
  addEventListener("scroll", () => { if (scrollY > innerHeight) link.hidden = true; }, { passive: true });
}

if (me && name) {
  const isInTime = Boolean(list.dataset.topic);
  if (!comeBack() && isInTime) offer();
  addEventListener("pagehide", leave);
}
