// The editor of articles: toolbar and keys, pictures by paste and drop, the page as readers will see it beside the text.
// Drafts, sending and conflicts are the composer's.
import { apply, asked, goOn } from "./editor-format.js";
import { addAll, cover, removeCover, showCover } from "./editor-pictures.js";
import { text } from "./texts.js";

const form = document.querySelector("form[data-article-editor]");
const area = form.querySelector("[data-body-of-article]");
const preview = form.querySelector("[data-preview]");
const panes = form.querySelector("[data-panes]");
const measured = form.querySelector("[data-count-of-words]");
const tools = [...form.querySelectorAll("[data-md]")];
const PREVIEWED = ["title", "text", "body", "cover", "cover_alt"];
const PAUSE_MS = 350;
let pause;
let asking = null; // the request for the preview that is on its way
let shown = ""; // what the preview shows

// --- preview --------------------------------------------------------------------------------------------------------

function words() {
  const body = new FormData();
  for (const name of PREVIEWED) body.append(name, form.elements[name]?.value ?? "");
  return body;
}

async function refresh() {
  const body = words();
  const now = JSON.stringify([...body]);
  if (now === shown) return;
  asking?.abort();
  asking = new AbortController();
  const headers = { "HX-Request": "true", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  try {
    const { signal } = asking;
    const answer = await fetch(preview.dataset.url, { method: "POST", body, headers, signal });
    if (answer.ok || answer.status === 422) {
      preview.innerHTML = await answer.text();
      shown = now;
      measured.textContent = preview.querySelector("[data-measured]")?.dataset.measured ?? "";
      follow();
    } else if (answer.status === 413 || answer.status === 400) measured.textContent = text("large");
  } catch {
    // Replaced by a newer question, or no connection: the next pause asks again.
  }
}

function written() {
  clearTimeout(pause);
  pause = setTimeout(refresh, PAUSE_MS);
}

/** The preview stands where the text stands, as far as heights tell. */
function follow() {
  const room = area.scrollHeight - area.clientHeight;
  if (room > 0) preview.scrollTop = (area.scrollTop / room) * (preview.scrollHeight - preview.clientHeight);
}

function show(pane) {
  panes.dataset.panes = pane;
  for (const button of form.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", String(button.dataset.show === pane));
  }
  if (pane === "preview") refresh();
}

// --- toolbar --------------------------------------------------------------------------------------------------------

function press(what) {
  if (what === "picture") form.querySelector("[data-body-file]").click();
  else apply(area, what);
}

/** One stop of the Tab key; the arrows walk inside. */
function walk(event) {
  const at = tools.indexOf(event.target);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tools.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  const next = tools[(to + tools.length) % tools.length];
  for (const tool of tools) tool.tabIndex = tool === next ? 0 : -1;
  next.focus();
}

// --- binding --------------------------------------------------------------------------------------------------------

form.addEventListener("input", written);
form.addEventListener("planet:filled", () => { showCover(form); written(); });
form.addEventListener("planet:cleared", () => { showCover(form); written(); });
area.addEventListener("scroll", follow, { passive: true });

form.addEventListener("click", ({ target }) => {
  const tool = target.closest("[data-md]");
  const pane = target.closest("[data-show]");
  if (tool) press(tool.dataset.md);
  else if (pane) show(pane.dataset.show);
  else if (target.closest("[data-cover-remove]")) removeCover(form);
});

form.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  walk(event);
  if (event.target.matches("[data-one-line]") && event.key === "Enter") {
    event.preventDefault();
    if (!event.ctrlKey && !event.metaKey) form.elements.text.focus();
  }
  if (event.target !== area) return;
  const what = asked(event);
  const plain = event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (what) apply(area, what);
  if (what || (plain && goOn(area))) event.preventDefault();
});

form.addEventListener("change", ({ target }) => {
  if (target.matches("[data-body-file]")) addAll(area, target.files);
  else if (target.matches("[data-cover-file]") && target.files[0]) cover(form, target.files[0]);
  else return;
  target.value = "";
});

form.addEventListener("paste", (event) => {
  const { files } = event.clipboardData ?? {};
  if (!files?.length) return;
  event.preventDefault();
  addAll(area, files);
});
for (const type of ["dragover", "drop"]) {
  form.addEventListener(type, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (type === "drop" && event.target.closest("[data-cover]")) cover(form, event.dataTransfer.files[0]);
    else if (type === "drop") addAll(area, event.dataTransfer.files);
  });
}

show("write");
if (area.value) refresh();
