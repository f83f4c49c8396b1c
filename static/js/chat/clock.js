// Times as the reader's own clock has them: rows say the hour, dividers the day, the list whichever is shorter.
import { lang, word } from "./words.js";

const DAY_MS = 86_400_000;
const hour = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat(lang, { weekday: "short" });
const short = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short" });
const long = new Intl.DateTimeFormat(lang, { day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", year: "numeric" });
const exact = new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "medium" });

const midnight = (at) => new Date(at.getFullYear(), at.getMonth(), at.getDate());

/** The day of a moment, as a key that sorts. */
export function dayOf(at) {
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
}

/** A day in words. */
export function dayName(at, now = new Date()) {
  const days = Math.round((midnight(now) - midnight(at)) / DAY_MS);
  const date = (at.getFullYear() === now.getFullYear() ? long : full).format(at);
  if (days === 0) return `${word("today")}, ${date}`;
  return days === 1 ? `${word("yesterday")}, ${date}` : date;
}

/** Write a row's own time. */
export function stamp(element) {
  const at = new Date(element.dateTime);
  element.textContent = hour.format(at);
  element.title = exact.format(at);
}

/** Write the time of a group in the list: today the hour, this week the day, else the date. */
export function stampShort(element, now = new Date()) {
  const at = new Date(element.dateTime);
  const days = Math.round((midnight(now) - midnight(at)) / DAY_MS);
  element.textContent = (days <= 0 ? hour : days < 7 ? weekday : short).format(at);
  element.title = exact.format(at);
}
