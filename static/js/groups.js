// How many groups have something new: in the rail and the tabs of every page, asked once a visit and when something moves.
const KEY = "planet:groups:unread";
const FRESH_MS = 60_000;
const SOON_MS = 1_000;
const me = document.querySelector('meta[name="planet-user"]')?.content;

function show(groups) {
  for (const badge of document.querySelectorAll("[data-groups-unread]")) {
    badge.textContent = groups > 99 ? "99+" : String(groups);
    badge.hidden = !groups;
  }
}

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

async function fetchCounts() {
  const answer = await fetch("/groups/unread/");
  if (!answer.ok || answer.redirected) return;
  const found = await answer.json();
  show(found.groups);
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ me, at: Date.now(), groups: found.groups }));
  } catch {
    // A forbidden storage: then every page asks.
  }
  document.dispatchEvent(new CustomEvent("planet:unread", { detail: found }));
}

let timer;
/** Ask anew, soon, once for several calls. */
export function refresh() {
  if (document.hidden) return;
  timer ??= setTimeout(() => {
    timer = undefined;
    fetchCounts().catch(() => {});
  }, SOON_MS + Math.random() * SOON_MS);
}

const kept = recall();
if (kept?.me === me && Date.now() - kept.at < FRESH_MS) show(kept.groups);
else fetchCounts().catch(() => {});

document.addEventListener("planet:event", ({ detail: { topic, kind } }) => {
  if (topic === `user:${me}` && (kind === "read" || kind === "mention")) refresh();
});
// What was written in a group and waits is sent from whatever page is open.
try {
  if (localStorage[`planet:outbox:${me}`]) import(document.querySelector("[data-outbox]").dataset.outbox).then(({ pump }) => pump());
} catch {
  // A forbidden storage keeps nothing.
}

document.addEventListener("planet:resumed", refresh);
document.addEventListener("visibilitychange", refresh);
