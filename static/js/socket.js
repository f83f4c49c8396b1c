// One socket a tab, many topics. `subscribe(topic)` counts its callers; every event arrives on document as
// `planet:event` {topic, kind, data, html, id} and may arrive twice: who applies it must not mind. When events may have
// been missed, `planet:resumed` {topics} (["*"]: any) tells every behaviour to catch up by HTTP.

const FIRST_RETRY = 500, LAST_RETRY = 30_000, BUSY_RETRY = 10_000, SETTLED = 10_000;
const PING = 30_000, PATIENCE = 10_000; // how often we ask whether it is still there, and wait for an answer
const RESTART = 1012, RESTART_SPREAD = 5_000; // a deploy sends everybody away at once: come back one by one
const SPREAD = 2_000; // a gap strikes every browser at once: do not all ask at once
const TOPICS_A_MESSAGE = 25; // stays under the server's 4 KB with a cursor each
const REMEMBERED = 500;

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

const counts = new Map(); // topic → how many callers want it
const cursors = new Map(); // topic → the last event id seen; outlives the subscription, for cards that scroll back
const asked = new Set(); // topics this socket was asked for
const granted = new Set(); // topics it has answered for, with all that was missed
const missed = new Set();

let socket = null;
let epoch = null;
let position = ""; // everything granted was delivered up to here: quiet topics' cursors must not grow old
let attempts = 0;
let retryTimer, pingTimer, silenceTimer, flushTimer, resumeTimer, settledTimer;

/** Listen to `topic`. `since` (milliseconds) says how old the page that shows it is, so that nothing falls between. */
export function subscribe(topic, since = pageTime()) {
  counts.set(topic, (counts.get(topic) ?? 0) + 1);
  if (!cursors.has(topic) && since) remember(topic, `${since}-0`);
  schedule();
}

/** Undo one `subscribe`; the last one leaves the topic. */
export function unsubscribe(topic) {
  const left = (counts.get(topic) ?? 1) - 1;
  if (left > 0) counts.set(topic, left);
  else counts.delete(topic);
  schedule();
}

/** When the server rendered this page, in milliseconds, a little early; 0 when the page does not say. */
function pageTime() {
  const seconds = Number(meta("planet-since"));
  return seconds ? (seconds - 2) * 1000 : 0;
}

function remember(topic, id) {
  cursors.delete(topic);
  cursors.set(topic, id);
  if (cursors.size > REMEMBERED) {
    for (const old of cursors.keys()) {
      if (!counts.has(old)) { cursors.delete(old); break; }
    }
  }
}

function schedule() {
  if (counts.size && !socket && !retryTimer) connect();
  flushTimer ??= setTimeout(flush, 50);
}

/** Say what changed: topics wanted and not asked for, topics asked for and wanted no more. */
function flush() {
  flushTimer = undefined;
  if (socket?.readyState !== WebSocket.OPEN) return;
  const wanted = [...counts.keys()].filter((topic) => !asked.has(topic));
  const left = [...asked].filter((topic) => !counts.has(topic));
  keepPosition();
  left.forEach((topic) => { asked.delete(topic); granted.delete(topic); });
  wanted.forEach((topic) => asked.add(topic));
  for (let i = 0; i < left.length; i += TOPICS_A_MESSAGE) {
    say({ op: "unsub", topics: left.slice(i, i + TOPICS_A_MESSAGE) });
  }
  for (let i = 0; i < wanted.length; i += TOPICS_A_MESSAGE) {
    const topics = wanted.slice(i, i + TOPICS_A_MESSAGE);
    const since = Object.fromEntries(topics.filter((t) => cursors.has(t)).map((t) => [t, cursors.get(t)]));
    say({ op: "sub", topics, since });
  }
}

function say(message) {
  socket.send(JSON.stringify(message));
}

function connect() {
  clearTimeout(retryTimer);
  retryTimer = undefined;
  const url = meta("planet-socket");
  if (!url || socket || !counts.size) return;
  const opened = new WebSocket(url);
  socket = opened;
  opened.onopen = () => { settledTimer = setTimeout(() => { attempts = 0; }, SETTLED); };
  opened.onmessage = ({ data }) => { heard(); receive(JSON.parse(data)); };
  opened.onclose = ({ code }) => { if (socket === opened) lost(code); };
  silenceTimer = setTimeout(restart, 2 * PATIENCE);
}

/** Forget the socket; what it had delivered stays delivered. */
function forget() {
  keepPosition();
  socket = null;
  position = "";
  asked.clear();
  granted.clear();
  [pingTimer, silenceTimer, settledTimer].forEach(clearTimeout);
  silenceTimer = undefined;
}

function keepPosition() {
  for (const topic of granted) if (later(position, cursors.get(topic))) remember(topic, position);
}

function later(one, other) {
  const [a, b] = [one, other ?? ""].map((id) => id.split("-").map(Number));
  return a[0] > (b[0] ?? 0) || (a[0] === b[0] && a[1] > b[1]);
}

function lost(code) {
  forget();
  show("off");
  if (!counts.size) return;
  const most = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** attempts++);
  const floor = code === 4429 ? BUSY_RETRY : 0;
  retryTimer = setTimeout(connect, floor + Math.random() * (code === RESTART ? RESTART_SPREAD : most));
}

/** Drop the socket without a word (the network may be gone) and start over. */
function restart() {
  const dead = socket;
  if (dead) {
    lost(1006);
    dead.close();
  }
  clearTimeout(retryTimer);
  retryTimer = undefined;
  connect();
}

/** The browser does not show us the server's pings, and a dead network says nothing: ask. */
function ping() {
  clearTimeout(pingTimer);
  if (socket?.readyState !== WebSocket.OPEN) return;
  say({ op: "ping" });
  pingTimer = setTimeout(ping, PING);
  silenceTimer ??= setTimeout(restart, PATIENCE);
}

function heard() {
  clearTimeout(silenceTimer);
  silenceTimer = undefined;
}

function receive(message) {
  const { k: kind, t: topic, i: id } = message;
  if (kind === "hello") return hello(message.e);
  if (kind === "pong") { position = id ?? ""; return; }
  if (kind === "denied") { // it stays asked for: asking again would not help
    granted.delete(topic);
    document.dispatchEvent(new CustomEvent("planet:denied", { detail: { topic } }));
    return;
  }
  if (kind === "gap") return gap(topic, id, message.e);
  if (id) remember(topic, id);
  if (kind === "sub") { granted.add(topic); return; }
  const detail = { topic, kind, data: message.d ?? {}, html: message.h ?? "", id };
  document.dispatchEvent(new CustomEvent("planet:event", { detail, bubbles: true }));
}

function hello(now) {
  show("on");
  if (epoch && epoch !== now) {
    cursors.clear();
    resume("*");
  }
  epoch = now;
  flush();
  ping();
}

function gap(topic, id, now) {
  const struck = topic === "*" ? [...counts.keys()] : [topic];
  if (id) struck.forEach((one) => remember(one, id)); // what is before it comes by HTTP
  if (now) epoch = now;
  resume(topic);
}

function resume(topic) {
  missed.add(topic);
  resumeTimer ??= setTimeout(() => {
    const detail = { topics: missed.has("*") ? ["*"] : [...missed] };
    resumeTimer = undefined;
    missed.clear();
    document.dispatchEvent(new CustomEvent("planet:resumed", { detail, bubbles: true }));
  }, Math.random() * SPREAD);
}

function show(state) {
  document.documentElement.dataset.live = state;
}

addEventListener("online", restart);
addEventListener("offline", () => show("off"));
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !counts.size) return;
  if (!socket) restart();
  else ping();
});
// A page in the back-forward cache may not hold a socket.
addEventListener("pagehide", () => { const leaving = socket; forget(); leaving?.close(); });
addEventListener("pageshow", ({ persisted }) => { if (persisted) restart(); });
