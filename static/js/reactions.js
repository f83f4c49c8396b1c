// Like, bookmark, repost: shown at once, sent behind, corrected by the answer. Counts, edits and removals of every card
// on the page, as they happen; after a lost connection all cards catch up with one request.
import { compact } from "./format.js";
import { explain, me, parse, send } from "./send.js";
import { text } from "./texts.js";
import { show } from "./toast.js";

const COUNTS = ["likes", "comments", "reposts", "bookmarks"];
const COUNT_OF = { like: "likes", bookmark: "bookmarks", repost: "reposts" };
const DONE = { like: "liked", bookmark: "bookmarked", repost: "reposted" };
const MOST_IDS = 60;
const waiting = new Map(); // "action:post" → {wanted, sent}

const cards = (id) => document.querySelectorAll(`[data-post="${CSS.escape(id)}"]`);

function count(card, name, value) {
  const place = card.querySelector(`[data-count="${name}"]`);
  if (!place || place.dataset.exact === String(value)) return;
  place.dataset.exact = value;
  place.textContent = value > 0 ? compact(value) : "";
}

const counted = (card, name) => Number(card.querySelector(`[data-count="${name}"]`)?.dataset.exact ?? 0);

function press(card, action, on) {
  const button = card.querySelector(`[data-react="${action}"]`);
  button?.setAttribute("aria-pressed", String(on));
  button?.setAttribute("value", on ? "0" : "1");
}

const isPressed = (card, action) => card.querySelector(`[data-react="${action}"]`)?.value === "0";

/** Bring every card of a post to what the server says; what is still being sent stays as the person left it. */
function apply(id, state) {
  for (const card of cards(id)) {
    for (const name of COUNTS) if (name in state) count(card, name, state[name]);
    for (const [action, key] of Object.entries(DONE)) {
      if (key in state && !waiting.has(`${action}:${id}`)) press(card, action, state[key]);
    }
  }
}

function optimistic(id, action, on) {
  for (const card of cards(id)) {
    if (isPressed(card, action) === on) continue;
    press(card, action, on);
    count(card, COUNT_OF[action], Math.max(0, counted(card, COUNT_OF[action]) + (on ? 1 : -1)));
  }
}

async function react(id, action, url, on) {
  optimistic(id, action, on);
  const key = `${action}:${id}`;
  const pending = waiting.get(key);
  if (pending) {
    pending.wanted = on; // pressed again before the answer: the last press counts
    return;
  }
  waiting.set(key, { wanted: on });
  const body = new FormData();
  body.set("on", on ? "1" : "0");
  let answer = null;
  try {
    answer = await send(url, body);
  } catch (error) {
    const run = () => react(id, action, url, on);
    show(error.message, { kind: "error", action: { label: text("retry"), run } });
  }
  const { wanted } = waiting.get(key);
  waiting.delete(key);
  if (!answer?.ok) {
    optimistic(id, action, !on);
    if (answer) explain(answer);
    if (answer?.status === 410 || answer?.status === 404) removed(id);
  } else if (wanted !== on) {
    react(id, action, url, wanted);
  } else {
    apply(id, JSON.parse(answer.text));
  }
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const action = button?.dataset.react;
  // A guest's press goes to the sign-in page the plain way.
  if (!action || !me) return;
  event.preventDefault();
  const card = button.closest("[data-post]");
  react(card.dataset.post, action, button.formAction, button.value === "1");
});

function removed(id) {
  for (const card of cards(id)) {
    if (card.classList.contains("full")) location.reload(); // its own page says what happened
    else card.remove();
  }
}

function edited({ id, revision }, html) {
  const [fresh] = parse(html);
  for (const card of cards(id)) {
    if (Number(card.dataset.revision) >= revision) continue;
    card.dataset.revision = revision;
    if ("article" in card.dataset) {
      card.querySelector("[data-outdated]").hidden = false; // its reader decides when the text under their eyes changes
      continue;
    }
    card.querySelector("[data-body]").replaceWith(fresh.querySelector("[data-body]").cloneNode(true));
    for (const mark of card.querySelectorAll("[data-edited]")) mark.hidden = false;
  }
}

/** A quote that this reader may not see: the card for everybody would show it. */
const withheld = (id) => [...cards(id)].some((card) => card.querySelector("[data-withheld]"));

document.addEventListener("planet:event", ({ detail: { topic, kind, data, html } }) => {
  if (!topic.startsWith("post:")) return;
  const id = topic.slice(5);
  if (kind === "counts") apply(id, data);
  else if (kind === "removed") removed(id);
  else if (kind === "edited" && withheld(data.id)) refresh(data.id);
  else if (kind === "edited") edited(data, html);
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (!successful || !elt.matches("[data-delete-post]")) return;
  const card = elt.closest("[data-post]");
  if (card.classList.contains("full")) location.assign("/");
  else card.remove();
});

// Somebody was muted or blocked: their cards leave.
document.addEventListener("planet:hidden", ({ detail }) => {
  for (const card of document.querySelectorAll(`[data-author="${CSS.escape(detail.user)}"]`)) card.remove();
});

async function refresh(id) {
  const answer = await fetch(`/p/${id}/`, { headers: { "HX-Request": "true" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(`[data-post="${CSS.escape(id)}"]`);
  if (fresh) edited({ id, revision: Number(fresh.dataset.revision) }, fresh.outerHTML);
}

async function catchUp() {
  const ids = [...new Set([...document.querySelectorAll("[data-post]")].map((card) => card.dataset.post))];
  for (let i = 0; i < ids.length; i += MOST_IDS) {
    const answer = await fetch(`/p/state/?ids=${ids.slice(i, i + MOST_IDS).join(",")}`);
    if (!answer.ok) return;
    const { posts, gone } = await answer.json();
    gone.forEach(removed);
    for (const [id, state] of Object.entries(posts)) {
      apply(id, state);
      if ([...cards(id)].some((card) => Number(card.dataset.revision) < state.revision)) refresh(id);
    }
  }
}

// Without a connection the next `planet:resumed` tries again.
document.addEventListener("planet:resumed", () => catchUp().catch(() => {}));
addEventListener("pageshow", ({ persisted }) => persisted && catchUp().catch(() => {}));
