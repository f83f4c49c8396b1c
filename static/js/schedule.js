// Choosing when a post goes out: on the browser's clock unless another one was chosen; the usual moments at a press.
import { drop, names } from "./copies.js";

const HOUR_MS = 3_600_000;
const pad = (number) => String(number).padStart(2, "0");
const local = (at) =>
  `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

function next(hour, { inDays = 0, weekday = null } = {}) {
  const at = new Date();
  at.setDate(at.getDate() + inDays);
  at.setHours(hour, 0, 0, 0);
  while (at <= Date.now() || (weekday !== null && at.getDay() !== weekday)) at.setDate(at.getDate() + 1);
  return at;
}

const MOMENTS = {
  hour: () => new Date(Date.now() + HOUR_MS),
  evening: () => next(20),
  morning: () => next(9, { inDays: 1 }),
  monday: () => next(9, { weekday: 1 }),
};

function choose(form, at) {
  form.elements.zone.value = here() ?? "UTC";
  form.elements.at.value = local(at);
}

/** The form has come: propose tomorrow morning where nothing is chosen yet. */
export function propose(form) {
  if (!form.elements.at.value) choose(form, MOMENTS.morning());
  const usual = form.querySelector("[data-soon]");
  usual.hidden = false;
  usual.addEventListener("click", ({ target }) => {
    const moment = MOMENTS[target.closest("[data-moment]")?.dataset.moment];
    if (moment) choose(form, moment());
  });
}

// It was chosen: where the post is not being written, the list shows it. A composer goes on by itself (drafts.js).
document.addEventListener("planet:scheduled", ({ detail: { id } }) => {
  const open = [...document.querySelectorAll("form[data-composer]")].map((form) => form.elements.client_id.value);
  if (open.includes(id)) return;
  for (const name of names("").filter((one) => one.endsWith(`:${id}`))) drop(name); // no new composer goes on with it
  location.assign("/drafts/?tab=scheduled");
});
