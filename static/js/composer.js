// Writing: posts, quotes, comments. What is typed is kept in this browser until the server has it; a lost connection
// keeps everything in place, and sending again uses the same id, so that nothing is published twice.
import { explain, insert, isDialog, me, parse, send } from "./send.js";
import { reason } from "./toast.js";

const FORMS = "form[data-composer], form[data-comment-form]";
const SHOW_LEFT_BELOW = 200;
const MOST_PICTURES = 4;
const KEEP_AFTER_MS = 300;
const urls = new WeakMap(); // preview image → its object URL
let keepTimer;

const words = (form) => form.elements.text;
const draftKey = (form) => `planet:draft:${form.dataset.draft}`;
const cleaned = (value) => value.normalize("NFC").trim();

function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

// --- drafts -----------------------------------------------------------------------------------------------------

function keep(form) {
  const value = words(form).value;
  try {
    if (value.trim()) {
      const draft = { text: value, id: form.elements.client_id.value, parent: form.elements.parent?.value ?? "" };
      localStorage.setItem(draftKey(form), JSON.stringify(draft));
    } else localStorage.removeItem(draftKey(form));
  } catch {
    // A full or forbidden storage: the text still stands in the form.
  }
}

function restore(form) {
  let draft = null;
  try {
    draft = JSON.parse(localStorage.getItem(draftKey(form)));
  } catch {
    return;
  }
  const unanswered = (form.elements.parent?.value ?? "") === (draft?.parent ?? "");
  if (!draft || words(form).value || !unanswered) return;
  words(form).value = draft.text;
  form.elements.client_id.value = draft.id;
}

// --- counting ---------------------------------------------------------------------------------------------------

function left(form) {
  const input = words(form);
  const remaining = Number(input.dataset.limit) - [...cleaned(input.value)].length;
  const meter = form.querySelector("[data-left]");
  if (meter) {
    meter.textContent = remaining < SHOW_LEFT_BELOW ? String(remaining).replace("-", "−") : "";
    meter.classList.toggle("warn", remaining < 0);
  }
  input.setCustomValidity("");
  input.toggleAttribute("aria-invalid", remaining < 0);
  return remaining;
}

// --- pictures ---------------------------------------------------------------------------------------------------

const pictures = (form) => form.querySelector("[data-pictures]");

function setFiles(form, files) {
  const chosen = new DataTransfer();
  for (const file of files.slice(0, MOST_PICTURES)) chosen.items.add(file);
  pictures(form).files = chosen.files;
}

function preview(form, file) {
  const shot = form.querySelector("template[data-shot]").content.firstElementChild.cloneNode(true);
  const image = shot.querySelector("img");
  const url = URL.createObjectURL(file);
  urls.set(image, url);
  image.src = url;
  shot.file = file;
  form.querySelector("[data-shots]").append(shot);
}

function addPictures(form, files) {
  const shots = [...form.querySelectorAll(".shot")];
  const fresh = [...files].filter((file) => file.type.startsWith("image/")).slice(0, MOST_PICTURES - shots.length);
  for (const file of fresh) preview(form, file);
  setFiles(form, [...shots.map((shot) => shot.file), ...fresh]);
  form.querySelector("[data-shots]").hidden = shots.length + fresh.length === 0;
}

function removePicture(form, shot) {
  URL.revokeObjectURL(urls.get(shot.querySelector("img")));
  shot.remove();
  const rest = [...form.querySelectorAll(".shot")];
  setFiles(form, rest.map((one) => one.file));
  form.querySelector("[data-shots]").hidden = rest.length === 0;
}

// --- sending ----------------------------------------------------------------------------------------------------

function busy(form, on) {
  form.toggleAttribute("aria-busy", on);
  const button = form.querySelector("button:not([type=button])");
  button.toggleAttribute("aria-disabled", on);
  const progress = form.querySelector("[data-progress]");
  if (progress) progress.hidden = !(on && form.querySelector(".shot"));
}

function clear(form) {
  words(form).value = "";
  form.elements.client_id.value = freshId();
  for (const shot of form.querySelectorAll(".shot")) removePicture(form, shot);
  form.querySelector("[data-errors]").replaceChildren();
  left(form);
  keep(form);
}

/** Say beside the text what went wrong; what was typed stays, and the button sends it again. */
function say(form, message) {
  const list = document.createElement("ul");
  list.className = "errors";
  list.setAttribute("role", "alert");
  list.append(document.createElement("li"));
  list.firstChild.textContent = message;
  form.querySelector("[data-errors]").replaceChildren(list);
}

function refused(form, answer) {
  if (answer.status === 422 || answer.status === 409) {
    form.querySelector("[data-errors]").innerHTML = answer.text;
    words(form).focus();
  } else if (isDialog(answer)) explain(answer);
  else say(form, reason(answer.status));
}

async function submit(form) {
  if (form.hasAttribute("aria-busy")) return;
  clearTimeout(keepTimer);
  keep(form);
  busy(form, true);
  const progress = form.querySelector("[data-progress]");
  try {
    const onprogress = progress && ((part) => { progress.value = part; });
    const answer = await send(form.action, new FormData(form), { onprogress });
    if (answer.ok) {
      clear(form);
      form.dispatchEvent(new CustomEvent("planet:sent", { bubbles: true, detail: { html: answer.text } }));
    } else refused(form, answer);
  } catch (error) {
    say(form, error.message);
  } finally {
    busy(form, false);
  }
}

// A published post stands on top of the feed that is open, or has its own page opened.
document.addEventListener("planet:sent", ({ target: form, detail: { html } }) => {
  if (!form.matches("[data-composer]")) return;
  const [card] = parse(html);
  const list = document.querySelector("[data-feed]");
  const isHere = list?.dataset.feed || list?.dataset.topic === `creator:${me}`;
  form.closest("dialog")?.close();
  if (!isHere || form.matches(".alone")) {
    location.assign(`/p/${card.dataset.post}/`);
    return;
  }
  document.querySelector("[data-empty]")?.remove();
  card.classList.add("fresh");
  insert([card], list, "prepend");
  scrollTo({ top: 0 });
});

// --- binding ----------------------------------------------------------------------------------------------------

function wake(root) {
  for (const form of root.querySelectorAll?.(FORMS) ?? []) {
    if (form.dataset.awake) continue;
    form.dataset.awake = "";
    form.querySelector("[data-plain]")?.remove();
    restore(form);
    left(form);
    if (form.closest("dialog")) words(form).focus();
  }
}

wake(document);
document.addEventListener("htmx:load", ({ detail }) => wake(detail.elt.parentElement ?? document));

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(FORMS)) return;
  event.preventDefault();
  submit(form);
});

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.(`${FORMS}, form[data-editor]`);
  if (!form || target !== words(form)) return;
  left(form);
  if (!form.matches(FORMS)) return;
  clearTimeout(keepTimer);
  keepTimer = setTimeout(() => keep(form), KEEP_AFTER_MS);
});
addEventListener("pagehide", () => document.querySelectorAll(FORMS).forEach((form) => form.isConnected && keep(form)));

document.addEventListener("change", ({ target }) => {
  if (target.matches?.("[data-pictures]")) addPictures(target.form, target.files);
});
document.addEventListener("click", ({ target }) => {
  const shot = target.closest?.("[data-remove]")?.closest(".shot");
  if (shot) removePicture(shot.closest("form"), shot);
});
document.addEventListener("paste", (event) => {
  const form = event.target.closest?.("form[data-composer]");
  const files = [...(event.clipboardData?.files ?? [])];
  if (!form || !files.length) return;
  event.preventDefault();
  addPictures(form, files);
});
for (const type of ["dragover", "drop"]) {
  document.addEventListener(type, (event) => {
    const form = event.target.closest?.("form[data-composer]");
    if (!form || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (type === "drop") addPictures(form, event.dataTransfer.files);
  });
}
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(FORMS);
  if (form && event.key === "Enter" && (event.metaKey || event.ctrlKey)) form.requestSubmit();
});

// Post buttons and "Quote": the composer on this page where there is one, else in a dialog.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href="/post/"], a[data-compose]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const inline = link.matches("[data-compose]") ? null : document.querySelector("main form[data-composer]");
  if (inline?.offsetParent) {
    words(inline).focus();
    scrollTo({ top: 0 });
  } else if (me) window.htmx.ajax("GET", link.href, { target: "#dialog", swap: "innerHTML" });
  else location.assign(link.href);
});
