// The editors of components in the composer. What stands in one is written into its hidden field `block` as JSON, so a
// draft keeps it like any other field; a draft that comes back, here or on another device, is shown in editors again.
import { me, parse } from "./send.js";
import { deal, sheet, sheets } from "./threads.js";

const editors = new Map(); // kind → its HTML, asked for once
const beds = (place) => place.querySelector("[data-beds]"); // of a post of a thread; of the form: its first post
const touched = (form) => form.dispatchEvent(new CustomEvent("planet:written", { bubbles: true }));

function html(kind) {
  if (!editors.has(kind)) {
    const answer = fetch(`/post/blocks/${kind}/`, { headers: { "HX-Request": "true" } })
      .then((response) => (response.ok ? response.text() : Promise.reject(new Error(String(response.status)))));
    answer.catch(() => editors.delete(kind)); // no connection: the next try asks again
    editors.set(kind, answer);
  }
  return editors.get(kind);
}

const fields = (bed) => [...bed.querySelectorAll("[data-field]")];
const hidden = (bed) => bed.querySelector('input[name="block"]');

/** What stands in an editor, as the server reads it. */
function data(bed) {
  const found = { kind: bed.dataset.bed };
  for (const field of fields(bed)) {
    const { field: name } = field.dataset;
    if (!("several" in field.dataset)) found[name] = field.value;
    else (found[name] ??= []).push(field.value);
  }
  return found;
}

function write(bed) {
  const input = hidden(bed);
  input.value = JSON.stringify(data(bed));
  input.disabled = false;
}

function read(bed, kept) {
  const places = {};
  for (const field of fields(bed)) {
    const { field: name } = field.dataset;
    const value = "several" in field.dataset ? kept[name]?.[(places[name] = (places[name] ?? -1) + 1)] : kept[name];
    if (typeof value !== "string" || value === "") continue;
    field.value = value;
    field.hidden = false;
  }
}

/** An editor in the form; `kept` is what stood in it. The place is taken at once, so editors keep their order. */
async function add(form, kept, place = null) {
  const holder = place ?? document.createElement("span");
  if (!place) beds(sheet(form)).append(holder);
  let bed;
  try {
    // A datalist is found by its id: every editor has its own.
    [bed] = parse((await html(kept.kind)).replaceAll(/instruments-\w+/g, `instruments-${crypto.randomUUID()}`));
  } catch {
    if (!place) holder.remove(); // what was kept stays in its hidden field
    return null;
  }
  read(bed, kept);
  write(bed);
  if (form.matches("[data-article-editor]")) bed.querySelector("[data-place-bed]").hidden = false;
  holder.replaceWith(bed);
  priced(bed);
  return bed;
}

/** Hidden fields without an editor get one. */
function show(form) {
  for (const input of form.querySelectorAll('[data-beds] > input[name="block"]')) {
    try {
      add(form, JSON.parse(input.value), input);
    } catch {
      input.remove(); // it was never ours
    }
  }
}

/** A composer has come onto the page. */
export function wake(form) {
  show(form);
}

function fill(form, values, counts) {
  if (!beds(form)) return;
  const places = sheets(form);
  for (const [at, some] of deal(values.filter(Boolean), counts).entries()) {
    beds(places[at]).replaceChildren(...some.map((value) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: "block", value });
      return input;
    }));
  }
  show(form);
}

document.addEventListener("planet:filled", ({ target, detail }) => fill(target, detail.blocks ?? [], detail.counts ?? []));
document.addEventListener("planet:cleared", ({ target }) => beds(target)?.replaceChildren());

// --- while one writes ---------------------------------------------------------------------------------------------

async function priced(bed) {
  const place = bed.querySelector("[data-price-now]");
  const symbol = bed.querySelector('[data-field="symbol"]')?.value.trim().toUpperCase();
  if (!place || !symbol) return;
  const answer = await fetch(`/markets/quotes/?symbols=${encodeURIComponent(symbol)}`).catch(() => null);
  const quote = answer?.ok ? (await answer.json()).quotes[symbol] : null;
  place.textContent = quote ? place.dataset.text.replace("{symbol}", symbol).replace("{price}", quote.price) : "";
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, ({ target }) => {
    const bed = target.closest?.("[data-bed]");
    if (!bed || !target.dataset.field) return;
    write(bed);
    touched(bed.closest("form"));
    if (kind === "change" && target.dataset.field === "symbol") priced(bed);
  }, { capture: true }); // before the draft reads the form
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-add-block], [data-remove-bed], [data-more-options], [data-place-bed]");
  const form = button?.closest("form[data-composer]");
  if (!form || !me) return;
  const bed = button.closest("[data-bed]");
  if (button.dataset.addBlock) {
    button.closest("[popover]")?.hidePopover();
    const made = await add(form, { kind: button.dataset.addBlock });
    made?.querySelector("[data-field]").focus();
  } else if (button.matches("[data-remove-bed]")) {
    const words = (bed.closest("[data-sheet]") ?? form).querySelector("textarea");
    bed.remove();
    words?.focus();
  } else if (button.matches("[data-place-bed]")) {
    position(form, bed);
  } else {
    const next = bed.querySelector("[data-field][hidden]");
    if (next) { next.hidden = false; next.focus(); }
    button.hidden = !bed.querySelector("[data-field][hidden]");
  }
  touched(form);
});

/** A line of an article names the place of its component. */
function position(form, bed) {
  const body = form.elements.body;
  const number = [...beds(form).querySelectorAll("[data-bed]")].indexOf(bed) + 1;
  const before = body.value.slice(0, body.selectionStart);
  const line = `${before && !before.endsWith("\n\n") ? "\n\n" : ""}{{block:${number}}}\n\n`;
  body.setRangeText(line, body.selectionStart, body.selectionEnd, "end");
  body.dispatchEvent(new Event("input", { bubbles: true }));
  body.focus();
}
