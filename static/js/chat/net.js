// Asking the server. What it says of a refusal comes back with the answer; nothing is shown here.
const TIMEOUT_MS = 20_000;

const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";

async function ask(url, options) {
  const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const html = await answer.text();
  const number = (name) => Number(answer.headers.get(name) ?? 0);
  const isOut = answer.headers.has("HX-Redirect") || answer.url.includes("/accounts/login/");
  const { ok, status, url: at } = answer;
  return { ok: ok && !isOut, status: isOut ? 401 : status, html, number, why: said(answer), url: at };
}

/** What the server's toast says. */
function said(answer) {
  const header = answer.headers.get("HX-Trigger");
  if (!header?.startsWith("{")) return "";
  return JSON.parse(header).toast?.text ?? "";
}

/** GET a fragment. Rejects when no answer came. */
export const get = (url) => ask(url, { headers: { "HX-Request": "true" } });

/** POST fields. Rejects when no answer came. */
export function post(url, fields = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) body.append(name, one);
  }
  const headers = { "HX-Request": "true", "X-CSRFToken": token() };
  return ask(url, { method: "POST", body, headers });
}
