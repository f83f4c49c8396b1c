// Follow buttons answer at once and are corrected by the server; the count of followers follows the socket.
import { compact } from "./format.js";

function each(form, change) {
  const same = `form[data-follow="${CSS.escape(form.dataset.follow)}"]`;
  for (const one of document.querySelectorAll(same)) change(one);
}

function set(form, follows) {
  form.querySelector("button").setAttribute("aria-pressed", String(follows));
  form.elements.on.value = follows ? "0" : "1";
}

const formOf = (event) => event.detail.elt?.closest?.("form[data-follow]");

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = formOf(event);
  if (!form) return;
  const follows = form.elements.on.value === "1";
  form.dataset.was = String(!follows);
  each(form, (one) => set(one, follows));
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = formOf(event);
  if (!form || event.detail.successful) return;
  each(form, (one) => set(one, form.dataset.was === "true"));
});

// The swapped form takes the focus of the one it replaces.
let focused = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = formOf(event);
  focused = form?.contains(document.activeElement) ? form.dataset.follow : null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  const form = event.detail.elt?.closest?.("form[data-follow]");
  if (form && form.dataset.follow === focused) form.querySelector("button").focus();
  focused = null;
});

document.addEventListener("planet:event", (event) => {
  const { topic, kind, data } = event.detail;
  if (kind !== "followers" || !topic.startsWith("creator:")) return;
  for (const place of document.querySelectorAll(`[data-followers="${CSS.escape(topic.slice(8))}"]`)) {
    place.textContent = compact(data.count);
  }
});
