// One way to send what must not be lost: with progress, with the server's toasts, with an answer that tells a refusal
// from a lost connection. Requests look like htmx's, so views answer with fragments.
import { reason, show } from "./toast.js";
import { text } from "./texts.js";

const TIMEOUT_MS = 60_000; // pictures on a slow line

const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";

/** Who is signed in; "" for a guest. */
export const me = document.querySelector('meta[name="planet-user"]')?.content ?? "";

/** POST `body`; resolves to {ok, status, text}, rejects when no answer came. `onprogress` gets 0 to 1. */
export function send(url, body, { onprogress = null, headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.timeout = TIMEOUT_MS;
    request.setRequestHeader("HX-Request", "true");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.setRequestHeader("HX-Current-URL", location.href);
    request.setRequestHeader("X-CSRFToken", token());
    if (onprogress) request.upload.onprogress = (e) => e.lengthComputable && onprogress(e.loaded / e.total);
    request.onload = () => {
      const { status, responseText } = request;
      const redirect = request.getResponseHeader("HX-Redirect");
      if (redirect) location.assign(redirect);
      const said = tell(request.getResponseHeader("HX-Trigger"));
      resolve({ ok: status >= 200 && status < 300 && !redirect, status, text: responseText, said });
    };
    request.onerror = () => reject(new Error(text("offline")));
    request.ontimeout = () => reject(new Error(text("slow")));
    request.send(body);
  });
}

/** Dispatch the server's events; whether a toast was among them. */
function tell(header) {
  if (!header?.startsWith("{")) return false;
  const events = JSON.parse(header);
  for (const [name, detail] of Object.entries(events)) {
    document.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
  return "toast" in events;
}

/** Whether the answer is a fragment for the dialog. */
export const isDialog = (answer) => answer.text.trimStart().startsWith('<div class="dlg"');

/** Say why something was refused, unless the server said it; a fragment for the dialog opens there. */
export function explain(answer) {
  const dialog = document.getElementById("dialog");
  if (isDialog(answer)) {
    dialog.innerHTML = answer.text;
    if (!dialog.open) dialog.showModal();
  } else if (!answer.said && answer.status >= 400) {
    show(reason(answer.status), { kind: "error" });
  }
}

/** The elements of an HTML fragment. */
export function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return [...holder.content.children];
}

/** Put elements into the page and wake what lives in them. */
export function insert(elements, place, where = "append") {
  place[where](...elements);
  for (const element of elements) {
    window.htmx?.process(element);
    element.dispatchEvent(new CustomEvent("planet:inserted", { bubbles: true }));
  }
}
