// Short messages: from the server (HX-Trigger: toast), from other scripts (show), from failed requests.
import { text } from "./texts.js";

const SHOWN_MS = 6000;
const WITH_ACTION_MS = 10000;
const MOST = 3;
const BY_STATUS = { 401: "signed_out", 403: "forbidden", 404: "missing", 410: "missing", 413: "large", 429: "often" };
const place = document.getElementById("toasts");

function button(label, className, onClick) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = label;
  made.addEventListener("click", onClick);
  return made;
}

function leave(toast) {
  toast.classList.add("gone");
  setTimeout(() => toast.remove(), 200);
}

// A message waits while somebody reads it (pointer or focus on it).
function expire(toast, after) {
  let timer;
  const start = () => (timer = setTimeout(() => leave(toast), after));
  const stop = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("focusout", start);
  start();
}

/** Show a message; `action` is {label, run}. Returns the element. */
export function show(message, { kind = "ok", action = null } = {}) {
  if (!place) return null;
  for (const same of place.querySelectorAll("[data-toast]")) {
    if (same.firstElementChild?.textContent === message) same.remove();
  }
  const toast = document.createElement("div");
  toast.className = `toast ${kind}`;
  toast.dataset.toast = "";
  const words = document.createElement("span");
  words.textContent = message;
  toast.append(words);
  if (action) {
    toast.append(
      button(action.label, "btn sm", () => {
        leave(toast);
        action.run();
      }),
    );
  }
  const close = button("×", "ib sm", () => leave(toast));
  close.setAttribute("aria-label", text("close"));
  toast.append(close);
  place.append(toast);
  while (place.children.length > MOST) place.firstElementChild.remove();
  expire(toast, action ? WITH_ACTION_MS : SHOWN_MS);
  return toast;
}

/** What to say of a failed answer. */
export function reason(status) {
  return text(BY_STATUS[status] ?? "wrong");
}

document.addEventListener("toast", (event) => {
  const { text: message, kind, undo } = event.detail;
  const run = () => window.htmx.ajax("POST", undo, { swap: "none" });
  show(message, { kind, action: undo ? { label: text("undo"), run } : null });
});

place?.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) leave(event.target.closest("[data-toast]"));
});
for (const toast of place?.querySelectorAll("[data-toast]") ?? []) expire(toast, SHOWN_MS);

// Failed htmx requests: the page stays as it is; the person can try again.
function failed(event, message) {
  const { elt, requestConfig, xhr } = event.detail;
  // The server may have said it better itself.
  if (xhr?.getResponseHeader?.("HX-Trigger")?.includes('"toast"')) return;
  const again = () => {
    if (!elt.isConnected) return;
    if (elt.matches("form")) elt.requestSubmit();
    else window.htmx.trigger(elt, requestConfig?.triggeringEvent?.type ?? "click");
  };
  show(message, { kind: "error", action: { label: text("retry"), run: again } });
}
document.addEventListener("htmx:responseError", (event) => failed(event, reason(event.detail.xhr.status)));
document.addEventListener("htmx:sendError", (event) => failed(event, text("offline")));
document.addEventListener("htmx:timeout", (event) => failed(event, text("slow")));
