// The inbox, its badge, its tabs and the window's title: rows arrive, change and are read while one looks. The same row
// (`_notification.html`) comes with the page, over the socket and when catching up; `data-revision` keeps an older one
// from replacing a newer.
const mine = `user:${document.querySelector('meta[name="planet-user"]')?.content}`;
const MOST = 99;
const TABS = { "": "unread", mentions: "mentions", filtered: "filtered" }; // tab → its count in an event

const inbox = () => document.querySelector("[data-inbox]");
const row = (id, root = document) => root.querySelector(`[data-notification="${CSS.escape(id)}"]`);
const revision = (element) => Number(element.dataset.revision);
const shown = (count) => (count > MOST ? `${MOST}+` : String(count));

function entitle(unread) {
  const plain = document.title.replace(/^\(\d+\+?\) /, "");
  document.title = unread ? `(${shown(unread)}) ${plain}` : plain;
}

function badge(counts) {
  for (const element of document.querySelectorAll("[data-unread]")) {
    element.dataset.unread = counts.unread;
    element.textContent = shown(counts.unread);
    element.hidden = !counts.unread;
  }
  for (const element of document.querySelectorAll("[data-unread-of]")) {
    const count = counts[TABS[element.dataset.unreadOf]];
    element.textContent = shown(count);
    element.hidden = !count;
  }
  entitle(counts.unread);
  if (counts.unread) navigator.setAppBadge?.(counts.unread).catch(() => {});
  else navigator.clearAppBadge?.().catch(() => {});
}

function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return holder.content.firstElementChild;
}

/** Put a row on top; one that the person stands on stays where it is. */
function show(fresh, list) {
  const old = row(fresh.dataset.notification, list);
  if (old && revision(old) > revision(fresh)) return;
  if (old?.contains(document.activeElement)) {
    old.replaceWith(fresh);
    fresh.querySelector("a").focus({ preventScroll: true });
  } else {
    old?.remove();
    list.querySelector("[data-rows]").prepend(fresh);
  }
  list.querySelector("[data-empty]")?.remove();
  window.htmx?.process(fresh);
  fresh.dispatchEvent(new CustomEvent("planet:inserted", { bubbles: true }));
}

const belongs = (tab, { kind, filtered }) =>
  tab === "filtered" ? filtered : !filtered && (tab !== "mentions" || kind === "mention");

function arrived({ data, html }) {
  const list = inbox();
  if (list && belongs(list.dataset.inbox, data)) show(parse(html), list);
}

function removed({ data }) {
  row(data.id)?.remove();
}

function read({ data }) {
  const tab = inbox()?.dataset.inbox;
  let rows = [row(data.id ?? "")];
  if (!data.id) {
    // All of a tab: of another one than is shown here, only what both show.
    const kind = data.tab === "mentions" ? '[data-kind="mention"]' : "";
    rows = (tab === "filtered") === (data.tab === "filtered")
      ? document.querySelectorAll(`[data-notification].unread${kind}`) : [];
  }
  for (const element of rows) {
    if (!element) continue;
    if (element.querySelector(".told-read")?.contains(document.activeElement)) element.querySelector("a").focus();
    element.classList.remove("unread");
    element.querySelectorAll(".told-dot, .told-read").forEach((part) => part.remove());
  }
}

const kinds = { notification: arrived, notification_removed: removed, notification_read: read };

document.addEventListener("planet:event", ({ detail }) => {
  if (detail.topic !== mine) return;
  kinds[detail.kind]?.(detail);
  if ("unread" in detail.data) badge(detail.data);
});

// Without a socket a row that was marked read is read all the same.
document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  const element = elt.closest?.(".told-read")?.closest("[data-notification]");
  if (successful && element) read({ data: { id: element.dataset.notification } });
});

async function fetchList(list) {
  const answer = await fetch(list.dataset.url, { headers: { "HX-Request": "true" } });
  if (answer.ok && !answer.redirected) catchUp(list, parse(await answer.text()));
}

/** Bring the list up to date; pages that were loaded further down stay when they still join on. */
function catchUp(list, fresh) {
  const rows = [...fresh.querySelectorAll("[data-notification]")];
  const pages = list.querySelectorAll("[data-rows]").length;
  if (pages > 1 && rows.some((element) => row(element.dataset.notification, list))) {
    rows.reverse().forEach((element) => show(element, list));
    return;
  }
  list.replaceWith(fresh);
  window.htmx?.process(fresh);
  fresh.dispatchEvent(new CustomEvent("planet:inserted", { bubbles: true }));
}

async function fetchBadge() {
  const answer = await fetch("/notifications/unread/");
  if (answer.ok && !answer.redirected) badge(await answer.json());
}

function missed() {
  const element = document.querySelector("[data-unread]");
  const list = inbox();
  // Without a connection the next `planet:resumed` tries again.
  Promise.all([element && fetchBadge(), list && fetchList(list)]).catch(() => {});
}

document.addEventListener("planet:resumed", ({ detail }) => {
  if (detail.topics.includes("*") || detail.topics.includes(mine)) missed();
});
// A page out of the browser's memory may be old.
addEventListener("pageshow", ({ persisted }) => persisted && missed());
entitle(Number(document.querySelector("[data-unread]")?.dataset.unread ?? 0));
