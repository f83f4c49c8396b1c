// What stands beside the conversation: its details, search, or a thread. Narrower screens lay it over.
import { Conversation, main } from "./conversation.js";
import { get, post } from "./net.js";
import { word } from "./words.js";
import { show } from "../toast.js";

const WIDE = matchMedia("(min-width: 1200px)");
const work = document.querySelector("[data-work]");
const panel = document.querySelector("[data-panel]");

function openPane() {
  if (work && !WIDE.matches) work.dataset.open = "";
}

function closePane() {
  if (work) delete work.dataset.open;
}

function closePanel() {
  if (!panel || panel.hidden) return closePane();
  panel.hidden = true;
  panel.replaceChildren();
  closePane();
}

const NARROW = matchMedia("(max-width: 699px)");

async function fill(asked) {
  const answer = await asked.catch(() => null);
  if (!answer?.ok) {
    show(answer?.why || word("retry"), { kind: "error" });
    return null;
  }
  panel.innerHTML = answer.html;
  panel.hidden = false;
  window.htmx?.process(panel);
  openPane();
  return panel;
}

/** The thread of a message, beside the conversation; it is begun if there is none. */
export async function openThread(row) {
  const url = `/m/${row.dataset.m}/thread/`;
  const asked = row.querySelector(".thr") ? get(url) : post(url);
  if (!panel || NARROW.matches) {
    const answer = await asked.catch(() => null);
    if (answer?.ok) location.assign(answer.url);
    else show(answer?.why || word("retry"), { kind: "error" });
    return;
  }
  const shown = await fill(asked);
  const root = shown?.querySelector("[data-conversation]");
  if (root) new Conversation(root).writing.field?.focus();
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey) return;
  const { target } = event;
  const thread = target.closest?.(".thr");
  const details = target.closest?.("[data-open-details]");
  const jump = target.closest?.("[data-go]");
  if (thread && thread.closest("[data-conversation]") && panel && !NARROW.matches) {
    event.preventDefault();
    openThread(thread.closest("article.msg"));
  } else if (details && panel && !NARROW.matches) {
    event.preventDefault();
    if (!panel.hidden) closePanel();
    else if ("open" in work.dataset) closePane();
    openPane();
  } else if (target.closest?.("[data-close-panel]")) closePanel();
  else if (target.closest?.("[data-close-details]")) closePane();
  else if (target.closest?.("[data-open-search]") && panel) {
    event.preventDefault();
    search();
  }
  else if (jump && main() && !jump.closest("[data-panel] [data-conversation]")) {
    event.preventDefault();
    main().go(Number(jump.dataset.go));
  }
});

// What was found here is shown here.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-panel] a[href]");
  const one = main();
  if (!link || !one || event.defaultPrevented || event.metaKey || event.ctrlKey) return;
  const url = new URL(link.href);
  const at = Number(url.searchParams.get("at"));
  if (!at || url.pathname !== new URL(one.root.dataset.here, location.href).pathname) return;
  event.preventDefault();
  closePane();
  one.go(at);
});

async function search() {
  const one = main();
  const shown = one && (await fill(get(`/channels/${one.channel}/search/`)));
  shown?.querySelector("input")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], [popover]:popover-open")) return;
  if (panel && !panel.hidden) closePanel();
  else if (work && "open" in work.dataset) closePane();
  else if (!event.target.closest?.("input, textarea")) main()?.goEnd();
});
