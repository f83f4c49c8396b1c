// What was written and is not yet acknowledged. It is kept in the browser before anything is sent, so it survives a
// reload, a dead connection and a closed lid; the server knows each message by the id that was made here, so sending it
// again is harmless. One tab sends at a time, a channel's messages in their order.
import { post } from "./net.js";

const ME = document.querySelector('meta[name="planet-user"]')?.content ?? "";
const KEY = `planet:outbox:${ME}`;
const MOST = 200;
const FIRST_WAIT_MS = 1_000, LAST_WAIT_MS = 30_000;

let memory = null; // where the browser forbids storage, it lasts as long as the page
let failures = 0;
let timer;
let isSending = false;
const until = new Map(); // channel → when it may be written to again

function read() {
  if (memory) return memory;
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

function write(entries) {
  try {
    if (entries.length) localStorage.setItem(KEY, JSON.stringify(entries));
    else localStorage.removeItem(KEY);
  } catch {
    memory = entries;
  }
}

const tell = (detail) => document.dispatchEvent(new CustomEvent("planet:outbox", { detail }));

/** What waits in a channel, the oldest first. */
export const waiting = (channel) => read().filter((entry) => entry.channel === channel);

/** Keep a message {channel, text, reply, files} and send it as soon as that is possible. Returns the entry. */
export function put(message) {
  const entry = { id: crypto.randomUUID(), at: Date.now(), why: "", ...message };
  write([...read(), entry].slice(-MOST));
  queueMicrotask(pump);
  return entry;
}

function change(id, values) {
  write(read().map((entry) => (entry.id === id ? { ...entry, ...values } : entry)));
}

/** Let go of a message. */
export function discard(id) {
  write(read().filter((entry) => entry.id !== id));
}

/** Try a refused message once more. */
export function retry(id) {
  change(id, { why: "" });
  pump();
}

/** Send what waits, unless another tab is at it. */
export async function pump() {
  clearTimeout(timer);
  if (isSending || !read().some(isReady)) return wakeLater();
  isSending = true;
  const lock = navigator.locks ? (work) => navigator.locks.request(KEY, { ifAvailable: true }, work) : (work) => work(true);
  await lock(async (got) => {
    if (!got) return;
    for (let next = read().find(isReady); next; next = read().find(isReady)) if (!(await send(next))) return;
  }).catch(() => {});
  isSending = false;
  wakeLater();
}

const isReady = (entry) => !entry.why && (until.get(entry.channel) ?? 0) <= Date.now();

/** Whatever still waits is tried again: at the end of slow mode, or later and later while nobody answers. */
function wakeLater() {
  const entries = read().filter((entry) => !entry.why);
  if (!entries.length) return;
  const soonest = Math.min(...entries.map((entry) => until.get(entry.channel) ?? 0)) - Date.now();
  const wait = soonest > 0 ? soonest + 50 : Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * (0.5 + Math.random());
  clearTimeout(timer);
  timer = setTimeout(pump, wait);
}

/** One message. Whether to go on with the next. */
async function send(entry) {
  const fields = { client_id: entry.id, text: entry.text, attachments: entry.files ?? [] };
  if (entry.reply) fields.reply_to = entry.reply.id;
  let answer;
  try {
    answer = await post(`/channels/${entry.channel}/send/`, fields);
  } catch {
    failures += 1;
    tell({ entry, kind: "waiting" });
    return false;
  }
  if (answer.ok) {
    failures = 0;
    discard(entry.id);
    tell({ entry, kind: "sent", html: answer.html });
    return true;
  }
  return refused(entry, answer);
}

function refused(entry, { status, number, why }) {
  if (status === 429 || status === 408 || status >= 500) {
    const seconds = number("Retry-After");
    if (seconds) until.set(entry.channel, Date.now() + seconds * 1000);
    else failures += 1;
    tell({ entry, kind: "waiting", seconds });
    return Boolean(seconds);
  }
  change(entry.id, { why: why || "refused" });
  tell({ entry: { ...entry, why }, kind: "refused", status });
  return true;
}

addEventListener("online", () => { failures = 0; pump(); });
document.addEventListener("planet:resumed", () => { failures = 0; pump(); });
document.addEventListener("visibilitychange", () => document.hidden || pump());
new MutationObserver(() => {
  if (document.documentElement.dataset.live === "on" && failures) { failures = 0; pump(); }
}).observe(document.documentElement, { attributeFilter: ["data-live"] });
// Another tab has sent, or written, something.
addEventListener("storage", ({ key }) => key === KEY && tell({ kind: "elsewhere" }));
