// A row as the server drew it for everybody, made its reader's: their clock, their language, what calls them, what they
// reacted with. And what stands between two rows.
import { dayName, dayOf, stamp } from "./clock.js";
import { word } from "./words.js";

const GROUPED_MS = 5 * 60_000;

/** The rows of some HTML, and what its reader reacted with ({id: [emoji]}). One parse, however many. */
export function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const mine = holder.content.querySelector("[data-mine]");
  return { rows: [...holder.content.querySelectorAll("article.msg")], mine: JSON.parse(mine?.dataset.mine ?? "{}") };
}

export const number = (row) => Number(row.dataset.n);
export const revision = (row) => Number(row.dataset.r);
export const moment = (row) => (row.at ??= new Date(row.querySelector("time").dateTime));

/** Make a row its reader's. `reader` is {handle, helper, mine: Map(id → Set(emoji))}. */
export function adopt(row, reader) {
  for (const time of row.querySelectorAll(".at time")) stamp(time);
  for (const place of row.querySelectorAll("[data-t]")) place.textContent = word(place.dataset.t);
  row.querySelector(".kyc")?.setAttribute("aria-label", word("kyc"));
  const thread = row.querySelector(".thr");
  if (thread) {
    const n = thread.dataset.replies;
    thread.querySelector("span").textContent = word(n === "1" ? "reply" : "replies", { n });
  }
  row.classList.toggle("tome", calls(row, reader));
  const mine = reader.mine.get(row.dataset.m);
  for (const button of row.querySelectorAll(".rx button")) {
    const on = mine?.has(button.dataset.e) ?? false;
    button.classList.toggle("mine", on);
    button.setAttribute("aria-pressed", String(on));
  }
  row.own = row.dataset.by === reader.handle;
  return row;
}

/** Whether a row speaks to its reader. */
function calls(row, { handle, helper }) {
  if (row.dataset.by === handle) return false;
  if ("all" in row.dataset || (helper && "admins" in row.dataset)) return true;
  if (row.querySelector(".rq")?.dataset.to === handle) return true;
  return row.querySelector(`.txt a[href="/@${CSS.escape(handle)}/"]`) !== null;
}

/** Whether `row` needs no head of its own after `before`. */
function goesOn(before, row) {
  return before.dataset.by === row.dataset.by && !row.matches(".ev") && !before.matches(".ev")
    && !row.querySelector(".rq, .fwd") && moment(row) - moment(before) < GROUPED_MS;
}

function divider(at) {
  const line = document.createElement("div");
  line.className = "day";
  line.dataset.day = dayOf(at);
  line.append(Object.assign(document.createElement("span"), { textContent: dayName(at) }));
  return line;
}

/** Put right what stands between `before` (a row, or null) and `row`. */
export function join(before, row) {
  for (let line = row.previousElementSibling; line && line !== before; line = row.previousElementSibling) {
    if (!line.matches(".day:not(.unread)")) break;
    line.remove();
  }
  const unread = row.previousElementSibling?.matches(".unread") ? row.previousElementSibling : null;
  const begins = !before || dayOf(moment(before)) !== dayOf(moment(row));
  if (unread) while (unread.previousElementSibling?.matches(".day")) unread.previousElementSibling.remove();
  if (begins) (unread ?? row).before(divider(moment(row)));
  row.classList.toggle("cont", !begins && !unread && goesOn(before, row));
}
