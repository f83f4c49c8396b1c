// The pane of groups: what was said last, in order of it; what is unread, as the server counts it.
import { stampShort } from "./clock.js";
import { main } from "./conversation.js";
import { get } from "./net.js";
import { word } from "./words.js";
import { refresh } from "../groups.js";

const pane = document.querySelector("[data-groups]");
const rows = pane?.querySelector("[data-rows]");
const FIND_MS = 250; // after the last letter
const ME = document.querySelector('meta[name="planet-user"]')?.content ?? "";

const find = (group) => rows?.querySelector(`[data-row="${CSS.escape(group)}"]`);
dress();

/** Rows that have just come: their times are the reader's, the open one is marked. */
function dress() {
  for (const time of rows?.querySelectorAll("time[data-short]") ?? []) stampShort(time);
  for (const row of rows?.querySelectorAll("[data-row]") ?? []) if (row.dataset.row === main()?.group) row.setAttribute("aria-current", "page");
}

// The rows below, fetched when one gets there: a group that has moved up meanwhile stands above already.
document.addEventListener("htmx:afterSwap", () => {
  const seen = new Set();
  for (const row of rows?.querySelectorAll("[data-row]") ?? []) {
    if (seen.has(row.dataset.row)) row.remove();
    seen.add(row.dataset.row);
  }
  dress();
});

document.addEventListener("planet:event", ({ detail: { kind, data } }) => {
  if (!rows || kind !== "activity" || data.kind === "thread") return;
  const row = find(data.group);
  if (!row) return reload();
  if (data.at >= row.dataset.at) tell(row, data);
  if (data.author !== ME && main()?.group !== data.group) bump(row);
  refresh();
});

function tell(row, { at, author, name, text, event }) {
  row.dataset.at = at;
  const time = row.querySelector("time");
  time.dateTime = at;
  stampShort(time);
  const place = row.querySelector("[data-gist]");
  place.replaceChildren();
  if (!event?.kind) {
    const who = author === ME ? word("you") : `${name}:`;
    place.append(Object.assign(document.createElement("b"), { textContent: who }), " ");
  }
  place.append(text || word("attachment"));
  if ("pinned" in row.dataset) return;
  const before = [...rows.querySelectorAll("[data-row]:not([data-pinned])")].find((one) => one !== row && one.dataset.at < at);
  if (before && before.previousElementSibling !== row) before.before(row);
}

function bump(row) {
  set(row, { unread: Number(row.dataset.unreadHere) + 1 });
}

function set(row, { unread, mentions }) {
  row.dataset.unreadHere = unread;
  const count = row.querySelector("[data-unread-count]");
  const shown = unread > 999 ? "999+" : String(unread);
  if (count.textContent !== shown) count.textContent = shown;
  count.hidden = !unread;
  if (mentions !== undefined) row.querySelector("[data-mentions]").hidden = !mentions;
}

document.addEventListener("planet:unread", ({ detail: { rows: counts, channels = {} } }) => {
  for (const row of rows?.querySelectorAll("[data-row]") ?? []) set(row, counts[row.dataset.row] ?? { unread: 0, mentions: 0 });
  for (const tab of document.querySelectorAll("[data-channel-tab]")) {
    const n = channels[tab.dataset.channelTab] ?? 0;
    const count = tab.querySelector("[data-unread-count]");
    count.textContent = n;
    count.hidden = !n || tab.hasAttribute("aria-current");
  }
});

/** Draw the rows anew: what the page shows, or what is looked for. */
async function fill(query) {
  const answer = await get(`/groups/?${query}`).catch(() => null);
  if (!answer?.ok) return;
  rows.innerHTML = answer.html;
  window.htmx?.process(rows);
  dress();
}

const shown = () => new URLSearchParams(location.pathname === "/groups/" ? location.search : "");

let reloading;
/** A group that is not in the list: it is fetched anew. */
function reload() {
  reloading ??= setTimeout(() => {
    reloading = undefined;
    if (!finding) fill(shown());
  }, 500 + Math.random() * 1_500);
}

// One came in somewhere, or is out: the list has a row more, or one less.
document.addEventListener("planet:event", ({ detail: { topic, kind, data } }) => {
  if (!rows || kind !== "membership" || topic !== `user:${ME}`) return;
  if (data.what === "removed") find(data.group)?.remove();
  else reload();
});

document.addEventListener("planet:resumed", ({ detail: { topics } }) => {
  if (topics.includes("*") || topics.includes("groups")) reload();
});

// What is typed filters what is there; where that is not all of it, the server is asked.
let finding = "", findTimer;
pane?.querySelector("[data-filter-groups]")?.addEventListener("input", ({ target }) => {
  const q = target.value.trim().toLocaleLowerCase();
  if (rows.querySelector("[data-more-rows]") || finding) {
    clearTimeout(findTimer);
    findTimer = setTimeout(() => {
      const query = shown();
      query.delete("skip");
      if (q) query.set("q", q);
      finding = q;
      fill(query);
    }, FIND_MS);
  }
  for (const row of rows.querySelectorAll("[data-row]")) {
    row.classList.toggle("gone", !row.querySelector(".l1 b").textContent.toLocaleLowerCase().includes(q));
  }
});

// Alt and the arrows go through the groups.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.altKey || event.ctrlKey || event.metaKey || !rows) return;
  event.preventDefault();
  const all = [...rows.querySelectorAll("[data-row]:not(.gone)")];
  const at = all.findIndex((row) => row.hasAttribute("aria-current"));
  all[Math.min(all.length - 1, Math.max(0, at + step))]?.click();
});
