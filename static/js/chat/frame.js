// What stands around the rows (head, channels, pins, members, whether one may write) as it is now: fetched anew when the
// group says that something of it has changed. A little later for each, because it changes for all at once.
import { main } from "./conversation.js";

const SPREAD_MS = 2_500;
const PARTS = [".hb .ttl", ".chans", ".pinbar"];
let timer;

async function refresh() {
  timer = undefined;
  const one = main();
  if (!one || one.isLost) return;
  const page = await pageOf(location.pathname); // about the group, or a conversation in it
  const fresh = page?.querySelector("[data-conversation]");
  if (!fresh) return;
  for (const part of PARTS) exchange(one.root, fresh, part);
  one.root.dataset.rights = fresh.dataset.rights;
  one.rights = Number(fresh.dataset.rights);
  if (Boolean(one.root.querySelector("[data-send]")) !== Boolean(fresh.querySelector("[data-send]"))) location.reload();
  const home = document.querySelector("[data-panel-home]");
  const freshHome = page.querySelector("[data-panel-home]");
  if (home && freshHome && !home.contains(document.activeElement)) home.replaceChildren(...freshHome.children);
  window.htmx?.process(document.querySelector("[data-details]"));
}

async function pageOf(url) {
  const answer = await fetch(url).catch(() => null);
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

function exchange(root, fresh, part) {
  const [old, now] = [root.querySelector(part), fresh.querySelector(part)];
  if (old && now) old.replaceWith(now);
  else if (old) old.remove();
  else if (now) root.querySelector("[data-scroll]").before(now);
}

document.addEventListener("planet:event", ({ detail: { topic, kind } }) => {
  const one = main();
  if (!one || timer) return;
  const isOurs = topic === `group:${one.group}` || (topic === `channel:${one.channel}` && kind === "pins");
  if (isOurs) timer = setTimeout(() => refresh().catch(() => {}), 200 + Math.random() * SPREAD_MS);
});
