// Relative times grow older while the page is open; mirrors planet/web/times.py. Server-rendered pieces that came
// over the socket in another language are rewritten here, too. The title carries the exact local time.
import { lang, text } from "./texts.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const exact = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
const parts = {
  month: new Intl.DateTimeFormat("en-US", { month: "short" }),
  local: new Intl.DateTimeFormat(lang, { day: "numeric", month: "short" }),
  full: new Intl.DateTimeFormat(lang, { dateStyle: "medium" }),
};

// English dates read "7 Mar" as on the server; other languages have one order of their own.
function date(at, sameYear) {
  if (!lang.startsWith("en")) return (sameYear ? parts.local : parts.full).format(at);
  const short = `${at.getDate()} ${parts.month.format(at)}`;
  return sameYear ? short : `${short} ${at.getFullYear()}`;
}

export function ago(at, now = new Date()) {
  const seconds = Math.trunc((now - at) / 1000);
  if (seconds < MINUTE) return text("now");
  if (seconds < HOUR) return text("minutes", { n: Math.floor(seconds / MINUTE) });
  if (seconds < DAY) return text("hours", { n: Math.floor(seconds / HOUR) });
  if (seconds < 7 * DAY) return text("days", { n: Math.floor(seconds / DAY) });
  return date(at, at.getFullYear() === now.getFullYear());
}

function refresh(root) {
  for (const element of root.querySelectorAll("time[data-ago]")) {
    const at = new Date(element.dateTime);
    const words = ago(at);
    if (element.textContent !== words) element.textContent = words;
    if (element.dataset.ago !== "local") {
      element.dataset.ago = "local";
      element.title = exact.format(at);
    }
  }
}

refresh(document);
document.addEventListener("htmx:load", (event) => refresh(event.detail.elt));
document.addEventListener("planet:inserted", (event) => refresh(event.target));
setInterval(() => document.visibilityState === "visible" && refresh(document), 30_000);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh(document));
