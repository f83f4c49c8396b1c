// Components of posts. What of them differs between viewers and moments comes with one request for all that are near the
// screen; then prices (`market:<SYM>`), results (`poll:<id>`) and news (`post:<id>`) keep it up to date.
import { compact } from "./format.js";
import { explain, me, send } from "./send.js";
import { show } from "./toast.js";

const TOGETHER_MS = 60; // what comes near within this goes into one request
const MOST = 40; // as many as the server answers for
const SPREAD_MS = 2_000; // news strikes every browser at once: do not all ask at once
const TIMER_MS = 24 * 3600 * 1000; // beyond this a page is not left open
const wanted = new Set();
const timers = new Map(); // block → when its vote ends
let asking;

const blocks = (id) => document.querySelectorAll(`[data-block="${CSS.escape(id)}"]`);
const space = "\u202f";

const near = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) {
    target.toggleAttribute("data-near", isIntersecting);
    if (isIntersecting && !target.hasAttribute("data-fresh")) want(target.dataset.block);
  }
}, { rootMargin: "400px 0px" });

function want(id) {
  wanted.add(id);
  asking ??= setTimeout(ask, TOGETHER_MS);
}

async function ask() {
  asking = undefined;
  const ids = [...wanted].slice(0, MOST);
  ids.forEach((id) => wanted.delete(id));
  if (wanted.size) asking = setTimeout(ask, TOGETHER_MS);
  const answer = await fetch(`/p/blocks/?ids=${ids.join(",")}`).catch(() => null);
  if (!answer?.ok) return; // without a connection the next `planet:resumed` asks again
  const { blocks: found } = await answer.json();
  for (const [id, html] of Object.entries(found)) fill(id, html);
}

function fill(id, html) {
  for (const block of blocks(id)) {
    const place = block.querySelector("[data-live]");
    if (!place) continue;
    const held = place.contains(document.activeElement);
    place.innerHTML = html;
    block.setAttribute("data-fresh", "");
    if (held) { place.tabIndex = -1; place.focus({ preventScroll: true }); }
    const until = Date.parse(place.querySelector("[data-until]")?.dataset.until ?? "") - Date.now();
    clearTimeout(timers.get(id));
    if (until < TIMER_MS) timers.set(id, setTimeout(want, Math.max(until, 0) + Math.random() * SPREAD_MS + 500, id));
  }
}

/** What is not near asks when it comes near. */
function stale(id) {
  for (const block of blocks(id)) {
    block.removeAttribute("data-fresh");
    if (block.hasAttribute("data-near")) setTimeout(want, Math.random() * SPREAD_MS, id);
  }
}

// --- live ---------------------------------------------------------------------------------------------------------

const figure = (text) => Number(text.replaceAll(",", ""));

function multiple(value) {
  const text = Math.abs(value).toFixed(2);
  const sign = Number(text) === 0 ? "" : value > 0 ? "+" : "−";
  return { text: `${sign}${text}${space}R`, sign };
}

function quoted({ symbol, price, change, direction }) {
  const name = CSS.escape(symbol);
  for (const place of document.querySelectorAll(`[data-price="${name}"]`)) place.textContent = price;
  for (const place of document.querySelectorAll(`[data-change="${name}"]`)) {
    place.textContent = change;
    place.classList.toggle("up", direction > 0);
    place.classList.toggle("down", direction < 0);
  }
  for (const place of document.querySelectorAll(`[data-result="${name}"]`)) {
    const { entry, slope, taken } = place.dataset;
    const { text, sign } = multiple(Number(taken) + Number(slope) * (figure(price) - Number(entry)));
    place.textContent = text;
    place.classList.toggle("up", sign === "+");
    place.classList.toggle("down", sign === "−");
  }
}

function total(ballot, count) {
  const place = ballot.querySelector("[data-total]");
  if (place) place.textContent = count === 1 ? place.dataset.one : place.dataset.many.replace("{n}", compact(count));
}

function resulted({ id, votes, percents, total: count }) {
  const most = Math.max(...votes);
  for (const ballot of document.querySelectorAll(`[data-ballot="${CSS.escape(id)}"]`)) {
    total(ballot, count);
    for (const [place, option] of [...ballot.querySelectorAll("div.opt")].entries()) {
      option.querySelector(".val").setAttribute("width", percents[place]);
      option.querySelector(".num").textContent = `${percents[place]} %`;
      option.classList.toggle("leads", count > 0 && votes[place] === most);
    }
  }
}

document.addEventListener("planet:event", ({ detail: { topic, kind, data } }) => {
  if (kind === "quote" && topic.startsWith("market:")) quoted(data);
  else if (kind === "result" && topic.startsWith("poll:")) resulted(data);
  else if (kind !== "block" || !topic.startsWith("post:")) return;
  else if (data.changed) stale(data.id);
  else document.querySelectorAll(`[data-ballot="${CSS.escape(data.id)}"]`).forEach((one) => total(one, data.total));
});

document.addEventListener("planet:resumed", () => {
  for (const block of document.querySelectorAll("[data-block]")) {
    block.removeAttribute("data-fresh");
    if (block.hasAttribute("data-near")) want(block.dataset.block);
  }
});

// --- voting -------------------------------------------------------------------------------------------------------

async function vote(options, button) {
  const id = options.closest("[data-block]").dataset.block;
  options.setAttribute("aria-busy", "true");
  button.classList.add("mine");
  const body = new FormData();
  body.set("option", button.value);
  try {
    const answer = await send(button.formAction, body);
    // Refused because it has ended or was done on another device: the answer shows how it stands.
    if (answer.ok || answer.status === 409) fill(id, answer.text);
    else explain(answer);
  } catch (error) {
    show(error.message, { kind: "error" });
  }
  options.removeAttribute("aria-busy");
  button.classList.remove("mine");
}

document.addEventListener("submit", (event) => {
  const options = event.submitter?.closest("[data-vote]");
  // A guest's press goes to the sign-in page the plain way.
  if (!options || !me) return;
  event.preventDefault();
  if (!options.hasAttribute("aria-busy")) vote(options, event.submitter);
});

// --- finding them -------------------------------------------------------------------------------------------------

function found(node) {
  if (!(node instanceof Element)) return;
  if (node.matches("[data-block]")) near.observe(node);
  node.querySelectorAll("[data-block]").forEach((block) => near.observe(block));
}

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) addedNodes.forEach(found);
}).observe(document.documentElement, { childList: true, subtree: true });
found(document.documentElement);
