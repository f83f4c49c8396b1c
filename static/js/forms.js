// Forms: no double send, a sign that it is under way, counters, growing text areas, passwords that can be shown,
// and a warning before typed text is lost.
const dirty = new Set();

function busy(form, on) {
  for (const button of form.querySelectorAll("button:not([type=button])")) button.toggleAttribute("aria-disabled", on);
  form.toggleAttribute("aria-busy", on);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-busy]") || event.defaultPrevented) return;
  if (form.hasAttribute("aria-busy")) {
    event.preventDefault();
    return;
  }
  dirty.delete(form);
  busy(form, true);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form[data-busy]");
  if (form) busy(form, false);
});
// A page that comes back from the browser's memory must not come back busy.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) busy(form, false);
});

function count(input) {
  const meter = document.getElementById(input.dataset.count);
  if (!meter) return;
  const left = input.maxLength - [...input.value].length;
  meter.textContent = String(left);
  meter.classList.toggle("warn", left < 20);
}

document.addEventListener("input", (event) => {
  const input = event.target;
  if (input.matches?.("[data-count]")) count(input);
  const form = input.closest?.("form[data-guard]");
  if (form) dirty.add(form);
});
addEventListener("beforeunload", (event) => {
  for (const form of dirty) if (form.isConnected && !form.hasAttribute("aria-busy")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-reveal]");
  if (!button) return;
  const input = document.getElementById(button.dataset.reveal);
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
});

// The first thing that is wrong is where the person goes on.
const wrong = document.querySelector(".field.bad :is(input, textarea, select)");
wrong?.focus();
