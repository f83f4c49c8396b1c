// A post becomes a thread: further posts below it, each with a counter of its own.
const MOST = 24;

const list = (form) => form.querySelector("[data-parts]");
const touched = (form) => form.dispatchEvent(new CustomEvent("planet:written", { bubbles: true }));

function show(form) {
  const parts = list(form);
  if (!parts) return;
  parts.hidden = !parts.children.length;
  form.querySelector("[data-add-part]").disabled = parts.children.length >= MOST;
}

function add(form, value = "", after = null) {
  const part = form.querySelector("template[data-part]").content.firstElementChild.cloneNode(true);
  part.querySelector("textarea").value = value;
  if (after) after.after(part);
  else list(form).append(part);
  show(form);
  return part;
}

/** The button that adds a post works now. */
export function wake(form) {
  const button = form.querySelector("[data-add-part]");
  if (!button) return;
  button.hidden = false;
  show(form);
}

/** Make the further posts these texts. */
export function fill(form, texts) {
  list(form)?.replaceChildren();
  for (const value of texts) if (value.trim()) add(form, value);
  if (list(form)) show(form);
}

export const clear = (form) => fill(form, []);

document.addEventListener("click", ({ target }) => {
  const form = target.closest?.("form[data-composer]");
  if (!form) return;
  if (target.closest("[data-add-part]")) {
    add(form).querySelector("textarea").focus();
    touched(form);
  }
  const part = target.closest("[data-remove-part]")?.closest(".part");
  if (!part) return;
  const near = part.previousElementSibling?.querySelector("textarea") ?? form.elements.text;
  part.remove();
  show(form);
  near.focus();
  touched(form);
});

// Backspace in an empty post of the thread takes it away, as an empty line.
document.addEventListener("keydown", (event) => {
  const part = event.target.closest?.("form[data-composer] .part");
  if (!part || event.key !== "Backspace" || event.target.value || event.isComposing) return;
  event.preventDefault();
  part.querySelector("[data-remove-part]").click();
});
