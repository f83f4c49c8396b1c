// Drafts: what is written is kept here at once and on the server after a pause, in versions; two devices that diverge
// are shown both versions; what a crash left behind is offered again.
import { drop, find, freshId, keep, names } from "./copies.js";
import * as pictures from "./pictures.js";
import { text } from "./texts.js";
import * as threads from "./threads.js";
import { reason, show as toast } from "./toast.js";

const COPY_AFTER_MS = 250;
const SAVE_AFTER_MS = 1200;
const SAVE_AT_LEAST_MS = 10_000; // also while somebody writes on without a pause
const AGAIN_AFTER_MS = 5000; // when the server could not be reached
const KEEPALIVE_BYTES = 60_000; // what a browser sends for a page that is going away
const NOT_WRITTEN = new Set(["csrfmiddlewaretoken", "version", "client_id"]);
// Not set one by one: their own modules make them, or they are this form's.
const NOT_FILLED = new Set([
  "part", "part_pictures", "part_blocks", "part_video", "part_video_alt", "picture", "alt", "block", "client_id", "version",
]);
const SAYS = ["text", "part", "picture", "block", "title", "body", "cover"];

const writer = freshId(); // this tab
const forms = new Map(); // a composer → how far it is kept

const idOf = (form) => form.elements.client_id.value;
const copyOf = (form, id = idOf(form)) => `${form.dataset.draft}:${id}`;
const scheduled = (form) => "scheduled" in form.dataset;

function fields(form) {
  return [...new FormData(form)].filter(([name, value]) => !NOT_WRITTEN.has(name) && typeof value === "string");
}
const written = (form) => JSON.stringify(fields(form));
const saysAnything = (form) => fields(form).some(([name, value]) => SAYS.includes(name) && value.trim());

function say(form, message, url = "/drafts/") {
  const place = form.querySelector("[data-saved]");
  if (!place || (place.textContent === message && place.getAttribute("href") === url)) return;
  place.textContent = message;
  place.href = url;
}

// --- keeping --------------------------------------------------------------------------------------------------------

function copy(form) {
  const state = forms.get(form);
  if (!saysAnything(form)) drop(copyOf(form));
  else {
    const isDirty = written(form) !== state.saved;
    keep(copyOf(form), { fields: fields(form), version: state.version, at: Date.now(), isDirty });
  }
}

function body(form) {
  const data = new FormData(form);
  data.set("version", forms.get(form).version);
  data.set("writer", writer);
  return data;
}

async function put(form, { isLast = false } = {}) {
  const sent = written(form);
  const answer = await fetch(`/drafts/${idOf(form)}/save/`, {
    method: "POST",
    body: body(form),
    headers: { Accept: "application/json" },
    redirect: "manual", // to the sign-in page
    keepalive: isLast && sent.length < KEEPALIVE_BYTES,
  });
  return { answer, sent };
}

/** Keep the form on the server; whether it stands there as it is. One save at a time, the newest words last. */
export async function save(form) {
  const state = forms.get(form);
  clearTimeout(state.timer);
  if (state.flight) await state.flight;
  if (written(form) === state.saved) return true;
  if (!state.version && !saysAnything(form)) return false;
  state.flight = attempt(form, state).catch(() => {
    say(form, text("kept_here"));
    soon(form, AGAIN_AFTER_MS);
    return false;
  });
  const isSaved = await state.flight;
  state.flight = null;
  return isSaved;
}

async function attempt(form, state) {
  const id = idOf(form);
  const { answer, sent } = await put(form);
  if (id !== idOf(form)) return false; // published meanwhile: the form is a new one
  if (answer.ok) {
    state.version = (await answer.json()).version;
    form.elements.version.value = state.version;
    state.saved = sent;
    state.since = 0;
    say(form, state.version ? text("draft_saved") : "");
    copy(form);
    if (written(form) !== sent && !scheduled(form)) soon(form);
    return true;
  }
  if (answer.status === 409) diverged(form, await answer.text());
  else if (answer.status === 410) say(form, text("draft_published"), (await answer.json()).url);
  else if (answer.status === 413 || answer.status === 422) say(form, (await answer.json()).error);
  else if (answer.type === "opaqueredirect") say(form, text("draft_signed_out"), "/accounts/login/");
  else {
    say(form, answer.status === 400 ? text("large") : `${reason(answer.status)} ${text("kept_here")}`);
    soon(form, AGAIN_AFTER_MS);
  }
  return false;
}

function soon(form, after = SAVE_AFTER_MS) {
  const state = forms.get(form);
  state.since ||= Date.now();
  clearTimeout(state.timer);
  const latest = after === SAVE_AFTER_MS ? Math.max(0, state.since + SAVE_AT_LEAST_MS - Date.now()) : after;
  state.timer = setTimeout(() => form.isConnected && save(form), Math.min(after, latest));
}

function changed(form) {
  const state = forms.get(form);
  if (!state) return;
  form.querySelector("[data-recover]")?.setAttribute("hidden", "");
  clearTimeout(state.copying);
  state.copying = setTimeout(() => form.isConnected && copy(form), COPY_AFTER_MS);
  say(form, scheduled(form) ? text("draft_not_saved") : "");
  if (!scheduled(form)) soon(form); // what goes out by itself changes only when its author says so
}

// --- two devices ----------------------------------------------------------------------------------------------------

function diverged(form, html) {
  const box = document.createElement("dialog");
  box.className = "dialog";
  box.dataset.modal = ""; // a click beside it chooses nothing
  box.setAttribute("aria-labelledby", "diverged-title");
  box.innerHTML = html;
  box.querySelector("h2").id = "diverged-title";
  const { version } = box.querySelector("[data-conflict]").dataset;
  box.addEventListener("click", async ({ target }) => {
    const choice = target.closest("[data-keep]")?.dataset.keep;
    if (!choice) return;
    box.close();
    const state = forms.get(form);
    if (choice === "theirs") {
      drop(copyOf(form));
      state.isOver = true;
      location.assign(`/drafts/${idOf(form)}/`);
      return;
    }
    if (choice === "both") {
      drop(copyOf(form));
      rename(form, freshId());
    } else state.version = Number(version);
    if (await save(form)) toast(text(choice === "both" ? "draft_both" : "draft_saved"));
  });
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

function rename(form, id) {
  form.elements.client_id.value = id;
  form.elements.version.value = 0;
  Object.assign(forms.get(form), { version: 0, saved: "" });
  hold(form);
}

// --- what was left behind -------------------------------------------------------------------------------------------

const lockOf = (name) => `planet:${name}`;

/** Say to other tabs that this draft is open here. */
function hold(form) {
  sessionStorage.setItem(form.dataset.draft, idOf(form));
  navigator.locks?.request(lockOf(copyOf(form)), { ifAvailable: true }, () => new Promise(() => {}));
}

async function openElsewhere() {
  const held = (await navigator.locks?.query())?.held ?? [];
  return new Set(held.map(({ name }) => name));
}

function fill(form, kept) {
  const all = (name) => kept.filter(([key]) => key === name).map(([, value]) => value);
  threads.fill(form, all("part"), all("part_video"), all("part_video_alt"));
  const alts = all("alt");
  const shots = all("picture").filter(Boolean).map((key, place) => [key, alts[place] ?? ""]);
  pictures.fill(form, shots, all("part_pictures"));
  for (const input of form.elements) {
    if (!input.name || NOT_FILLED.has(input.name)) continue;
    const [value] = all(input.name);
    if (input.type === "checkbox") input.checked = value !== undefined;
    else if (value !== undefined && input.type !== "file") input.value = value;
  }
  // Components build their editors, an article its preview.
  form.dispatchEvent(new CustomEvent("planet:filled", { bubbles: true, detail: { blocks: all("block"), counts: all("part_blocks") } }));
  form.dispatchEvent(new Event("input", { bubbles: true }));
  form.elements.text?.dispatchEvent(new Event("input", { bubbles: true }));
}

function offer(form, name, kept) {
  const place = form.querySelector("[data-recover]");
  const begins = kept.fields.filter(([key, value]) => SAYS.includes(key) && value.trim()).map(([, value]) => value);
  const words = document.createElement("p");
  words.className = "grow";
  words.textContent = text("recover", { words: begins[0].trim().slice(0, 80) });
  const button = (label, className, run) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = className;
    made.textContent = label;
    made.addEventListener("click", () => {
      place.hidden = true;
      run();
    });
    return made;
  };
  const use = () => take(form, name, kept);
  place.replaceChildren(words, button(text("recover_yes"), "btn sm pri", use), button(text("recover_no"), "btn sm", () => drop(name)));
  place.hidden = false;
}

function take(form, name, kept) {
  rename(form, name.slice(form.dataset.draft.length + 1));
  forms.get(form).version = kept.version;
  fill(form, kept.fields);
  changed(form);
  form.elements.text?.focus();
}

async function recover(form) {
  const own = copyOf(form);
  if ("kept" in form.dataset) {
    const kept = find(own);
    if (kept?.isDirty && JSON.stringify(kept.fields) !== written(form)) offer(form, own, kept);
    return;
  }
  if (saysAnything(form)) return; // the server shows what was typed, beside what is wrong with it
  const mine = `${form.dataset.draft}:${sessionStorage.getItem(form.dataset.draft)}`;
  const kept = find(mine);
  if (kept) {
    take(form, mine, kept);
    return;
  }
  const open = await openElsewhere();
  const left = names(`${form.dataset.draft}:`).filter((name) => !open.has(lockOf(name))).map((name) => [name, find(name)]);
  // What the server has waits in the draft box.
  for (const [name, one] of left) if (!one?.isDirty) drop(name);
  const [newest] = left.filter(([, one]) => one?.isDirty).sort(([, a], [, b]) => b.at - a.at);
  if (newest) offer(form, ...newest);
}

// --- what the composer asks for -------------------------------------------------------------------------------------

/** A composer has come onto the page. */
export async function wake(form) {
  for (const old of forms.keys()) if (!old.isConnected) forms.delete(old);
  forms.set(form, { version: Number(form.elements.version?.value ?? 0), saved: "", flight: null, since: 0 });
  // What was typed before this module came is not what the server sent.
  const isTouched = [...form.elements].some(({ type, value, defaultValue }) => /^text/.test(type) && value !== defaultValue);
  if ("kept" in form.dataset && !isTouched) forms.get(form).saved = written(form);
  await recover(form);
  hold(form);
  if (saysAnything(form) && written(form) !== forms.get(form).saved) changed(form);
}

/** Before the form is published: nothing of it may arrive afterwards. */
export async function settled(form) {
  const state = forms.get(form);
  clearTimeout(state.timer);
  clearTimeout(state.copying);
  copy(form); // if the line breaks now, the words are here
  await state.flight;
}

/** The form begins anew. */
export function begin(form) {
  drop(copyOf(form));
  rename(form, freshId());
  say(form, "");
}

/** Keep what is written, then ask when it goes out. */
export async function schedule(form) {
  if (!saysAnything(form)) {
    form.elements.text?.focus();
    return;
  }
  if (!(await save(form))) return;
  window.htmx.ajax("GET", `/drafts/${idOf(form)}/schedule/`, { target: "#dialog", swap: "innerHTML" });
}

for (const kind of ["input", "change", "planet:written"]) {
  document.addEventListener(kind, ({ target }) => {
    const form = target.form ?? target.closest?.("form[data-composer]");
    if (form && forms.has(form)) changed(form);
  });
}

function leave() {
  for (const [form, state] of forms) {
    if (!form.isConnected || state.isOver || form.hasAttribute("aria-busy")) continue;
    clearTimeout(state.copying);
    copy(form);
    if (scheduled(form) || state.flight || written(form) === state.saved || !saysAnything(form)) continue;
    clearTimeout(state.timer);
    state.flight = put(form, { isLast: true })
      .then(async ({ answer, sent }) => {
        if (!answer.ok) return false;
        state.version = (await answer.json()).version;
        state.saved = sent;
        copy(form);
        return true;
      })
      .catch(() => false)
      .finally(() => { state.flight = null; });
  }
}
addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
addEventListener("online", () => {
  for (const form of forms.keys()) if (form.isConnected && !scheduled(form)) save(form);
});

// It was scheduled: the composer begins anew; where there is none, schedule.js shows the list.
document.addEventListener("planet:scheduled", ({ detail: { id } }) => {
  const [form] = [...forms.keys()].filter((one) => one.isConnected && idOf(one) === id);
  document.getElementById("dialog")?.close();
  if (!form) return;
  if (form.matches(".alone")) {
    forms.get(form).isOver = true;
    drop(copyOf(form));
    location.assign("/drafts/?tab=scheduled");
  } else form.dispatchEvent(new CustomEvent("planet:done", { bubbles: true }));
});
