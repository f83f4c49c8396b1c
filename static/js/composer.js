// Writing: posts, quotes, comments. A lost connection keeps everything in place, and sending again uses the same id, so
// that nothing is published twice. Comments are kept in this browser; posts are drafts (drafts.js, loaded with
// pictures and threads where a composer stands).
import { drop, find, freshId, keep } from "./copies.js";
import { explain, insert, isDialog, me, parse, send } from "./send.js";
import { text } from "./texts.js";
import { reason } from "./toast.js";

const FORMS = "form[data-composer], form[data-comment-form]";
const SHOW_LEFT_BELOW = 200;
const KEEP_AFTER_MS = 300;
let keepTimer;
let loading; // the module of everything around a post, once one is written

const words = (form) => form.elements.text;
const isComment = (form) => form.matches("[data-comment-form]");
const cleaned = (value) => value.normalize("NFC").trim();
const writing = (form) => (loading ??= import(form.dataset.writing));

// --- comments are kept here until they are sent ---------------------------------------------------------------------

function keepComment(form) {
  const { value } = words(form);
  const parent = form.elements.parent?.value ?? "";
  if (value.trim()) keep(form.dataset.draft, { text: value, id: form.elements.client_id.value, parent });
  else drop(form.dataset.draft);
}

function restoreComment(form) {
  const kept = find(form.dataset.draft);
  const unanswered = (form.elements.parent?.value ?? "") === (kept?.parent ?? "");
  if (!kept || words(form).value || !unanswered) return;
  words(form).value = kept.text;
  form.elements.client_id.value = kept.id;
}

// --- counting -------------------------------------------------------------------------------------------------------

/** Show how many characters a text has left, once that is few. */
function left(input) {
  if (!input?.dataset.limit) return;
  const meter = (input.closest(".part") ?? input.form.querySelector(".tools")).querySelector("[data-left]");
  const remaining = Number(input.dataset.limit) - [...cleaned(input.value)].length;
  if (meter) {
    meter.textContent = remaining < SHOW_LEFT_BELOW ? String(remaining).replace("-", "−") : "";
    meter.classList.toggle("warn", remaining < 0);
  }
  input.toggleAttribute("aria-invalid", remaining < 0);
}

const count = (form) => form.querySelectorAll("textarea[data-limit]").forEach(left);

// --- sending --------------------------------------------------------------------------------------------------------

function busy(form, on) {
  form.toggleAttribute("aria-busy", on);
  for (const button of form.querySelectorAll(".tools button:not([type=button])")) {
    button.toggleAttribute("aria-disabled", on);
  }
}

async function clear(form, said) {
  if (isComment(form)) {
    if (words(form).value === said) words(form).value = ""; // who writes on at once is not wiped away
    form.elements.client_id.value = freshId();
    keepComment(form);
  } else (await writing(form)).cleared(form);
  form.querySelector("[data-errors]").replaceChildren();
  count(form);
}

/** Say beside the text what went wrong; what was typed stays, and the button sends it again. */
export function say(form, message) {
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
    words(form)?.focus();
  } else if (isDialog(answer)) explain(answer);
  // A form that is too large is refused before anybody reads what it is.
  else say(form, answer.status === 400 ? text("large") : reason(answer.status));
}

async function submit(form, submitter) {
  if (form.hasAttribute("aria-busy")) return;
  clearTimeout(keepTimer);
  busy(form, true);
  try {
    if (isComment(form)) keepComment(form);
    else if (!(await (await writing(form)).ready(form, submitter))) return;
    const said = words(form)?.value;
    const answer = await send(form.action, new FormData(form));
    if (answer.ok) {
      await clear(form, said);
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

// --- binding --------------------------------------------------------------------------------------------------------

/** Serve the forms that have come onto the page. */
export function wake(root) {
  for (const form of root.querySelectorAll?.(FORMS) ?? []) {
    if (form.dataset.awake !== undefined) continue;
    form.dataset.awake = "";
    for (const plain of form.querySelectorAll("[data-plain]")) plain.remove();
    if (isComment(form)) restoreComment(form);
    else writing(form).then(({ wake: begin }) => begin(form)).then(() => count(form));
    count(form);
    if (form.closest("dialog")) words(form)?.focus();
  }
  for (const form of root.querySelectorAll?.("form[data-schedule]") ?? []) {
    if (form.dataset.awake !== undefined) continue;
    form.dataset.awake = "";
    import(form.dataset.schedule).then(({ propose }) => propose(form));
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(FORMS)) return;
  event.preventDefault();
  submit(form, event.submitter);
});

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!form?.matches(`${FORMS}, form[data-editor]`)) return;
  left(target);
  if (!isComment(form)) return;
  clearTimeout(keepTimer);
  keepTimer = setTimeout(() => keepComment(form), KEEP_AFTER_MS);
});
addEventListener("pagehide", () => {
  for (const form of document.querySelectorAll("form[data-comment-form]")) keepComment(form);
});
