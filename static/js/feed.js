// Feeds: "3 new posts" on top, cards that open when pressed anywhere, the way back.
import { insert, parse } from "./send.js";

const NONE = "00000000-0000-0000-0000-000000000000";
const FACES = 3;
const MANY = "20+"; // more than the server sends at once
const ASK_AFTER_MS = 1_000;
const arrived = new Map(); // item id → the face of who published it

const feed = () => document.querySelector("[data-feed]");
const items = (list) => [...list.querySelectorAll(":scope > [data-item]")];
// Ids are ordered by time; what was published from here may stand above something newer.
const newest = (list) => items(list).map((item) => item.dataset.item).sort().at(-1) ?? NONE;
const shown = (id) => document.querySelector(`[data-item="${CSS.escape(id)}"]`) !== null;

function pill({ number = null } = {}) {
  const place = document.querySelector("[data-newposts]");
  if (!place) return;
  for (const id of arrived.keys()) if (shown(id)) arrived.delete(id);
  const link = place.querySelector("a");
  const { one, many } = link.dataset;
  place.hidden = !number && arrived.size === 0;
  const label = arrived.size === 1 && !number ? one : many.replace("{n}", number ?? arrived.size);
  link.querySelector("[data-label]").textContent = label;
  const faces = [...new Set(arrived.values())].slice(-FACES).flatMap(parse);
  link.querySelector("[data-faces]").replaceChildren(...faces);
}

document.addEventListener("planet:event", ({ detail: { topic, kind, data, html } }) => {
  const list = feed();
  if (kind !== "post" || !list || topic !== list.dataset.topic || shown(data.id)) return;
  // What comes over `lists` is for some list of this reader: the server knows what is for this one.
  if (topic === "lists") {
    askSoon();
    return;
  }
  arrived.set(data.id, html);
  pill();
});

let asking;
function askSoon() {
  asking ??= setTimeout(() => {
    asking = undefined;
    catchUp().catch(() => {});
  }, ASK_AFTER_MS);
}

document.addEventListener("planet:inserted", () => pill());

async function newer(list) {
  const url = `/feed/new/?feed=${list.dataset.feed}&since=${newest(list)}`;
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  if (!answer.ok) throw new Error(String(answer.status));
  // Too many to join on: only a new page shows them all.
  if (answer.headers.get("HX-Refresh")) return null;
  // What is no card says what was shown (attention.js).
  return parse(await answer.text()).filter((element) => element.matches("[data-item]") || void list.append(element));
}

/** The server sends the last seconds again, for what was published slowly. */
const unseen = (fresh) => fresh.filter((card) => !shown(card.dataset.item));

function dropRepeats(list, fresh) {
  const posts = new Set(fresh.map((card) => card.dataset.post));
  for (const card of items(list)) if (posts.has(card.dataset.post)) card.remove();
}

async function showNewer(list, link) {
  let fresh;
  try {
    fresh = await newer(list);
    if (fresh) fresh = unseen(fresh);
  } catch {
    fresh = null;
  }
  if (!fresh) {
    location.assign(link.href);
    return;
  }
  dropRepeats(list, fresh);
  document.querySelector("[data-empty]")?.remove();
  arrived.clear();
  insert(fresh.map((card) => (card.classList.add("fresh"), card)), list, "prepend");
  pill();
  scrollTo({ top: 0 });
  const first = fresh[0];
  if (first) {
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-newposts] a");
  const list = feed();
  if (!link || !list?.dataset.feed || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  showNewer(list, link);
});

async function catchUp() {
  const list = feed();
  if (!list?.dataset.feed || !list.dataset.topic) return; // For you is no feed in time: nothing is newer than it
  const fresh = await newer(list);
  for (const card of unseen(fresh ?? [])) {
    arrived.set(card.dataset.item, card.querySelector(".av").outerHTML.replace("av-40", "av-20"));
  }
  pill(fresh ? {} : { number: MANY });
}

if (feed()?.dataset.feed) import("./position.js");

document.addEventListener("planet:resumed", () => catchUp().catch(() => {}));
addEventListener("pageshow", ({ persisted }) => persisted && catchUp().catch(() => {}));

// --- not interested ---------------------------------------------------------------------------------------------

const taken = []; // cards that were taken away: {key, value, card, before}

function about({ post, author, topic }, pressed) {
  if (post) return [...document.querySelectorAll(`[data-feed] > [data-post="${CSS.escape(post)}"]`)];
  if (author) return [...document.querySelectorAll(`[data-feed] > [data-author="${CSS.escape(author)}"]`)];
  return topic && pressed ? [pressed] : []; // which others are about it shows with the next page
}

let pressed = null;
document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  const card = elt.closest?.("[data-feed] > [data-post]");
  if (card) pressed = card;
});

document.addEventListener("planet:uninterested", ({ detail }) => {
  const [key, value] = Object.entries(detail).find(([name]) => name !== "elt");
  for (const card of about(detail, pressed)) {
    taken.push({ key, value, card, before: card.nextElementSibling });
    card.remove();
  }
  document.getElementById("dialog")?.close();
});

document.addEventListener("planet:interested", ({ detail }) => {
  for (const one of taken.filter(({ key, value }) => detail[key] === value).reverse()) {
    taken.splice(taken.indexOf(one), 1);
    if (one.before?.isConnected) one.before.before(one.card);
    else feed()?.prepend(one.card);
  }
});

// A card is one big link to its post; what has a meaning of its own in it keeps that.
document.addEventListener("click", (event) => {
  const card = event.target.closest?.(".post-card:not(.full)");
  if (!card || event.defaultPrevented || event.button !== 0) return;
  if (event.target.closest("a, button, input, label, summary, textarea, video, .menu, dialog")) return;
  if (String(getSelection())) return;
  const url = card.querySelector("a.at")?.href;
  if (!url) return;
  if (event.metaKey || event.ctrlKey) open(url, "_blank", "noopener");
  else location.assign(url);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-back]");
  if (!link || !document.referrer.startsWith(location.origin) || history.length < 2) return;
  event.preventDefault();
  history.back();
});
