// Who is online, as the server tells it every few seconds: dots beside faces, and in which part of the list one stands.
import { main } from "./conversation.js";
import { word } from "./words.js";

const details = document.querySelector("[data-details]");

document.addEventListener("planet:event", ({ detail: { topic, kind, data } }) => {
  if (kind !== "presence" || topic !== `group:${main()?.group}`) return;
  count(data.count);
  const online = new Set(data.online);
  for (const face of details?.querySelectorAll("[data-person]") ?? []) mark(face, online.has(face.dataset.person));
  for (const label of details?.querySelectorAll("[data-section]") ?? []) tally(label);
});

function count(n) {
  const place = document.querySelector(".conv [data-online]");
  if (!place || n === null) return;
  place.hidden = !n;
  place.querySelector(".up").textContent = word("online_many", { n });
}

function mark(face, isOnline) {
  const dot = face.querySelector(".on");
  if (isOnline === Boolean(dot)) return;
  if (dot) dot.remove();
  else face.append(Object.assign(document.createElement("i"), { className: "on", role: "img", ariaLabel: word("online") }));
  const row = face.closest(".row");
  if (section(row)?.dataset.section) details.querySelector(`[data-section="${isOnline ? "online" : "away"}"]`)?.after(row);
}

/** The label that a row stands under. */
function section(row) {
  let one = row;
  while (one && !one.matches("[data-section]")) one = one.previousElementSibling;
  return one;
}

function tally(label) {
  let n = 0;
  for (let row = label.nextElementSibling; row?.matches(".mem"); row = row.nextElementSibling) n += 1;
  label.hidden = !n;
  const place = label.querySelector(".num");
  if (place.textContent !== String(n)) place.textContent = n;
}
