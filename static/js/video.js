// A video in the composer: sent in pieces that may be lost and are sent again from where the server stands, then watched
// while it is prepared. The form holds its id, so that drafts keep it.
import { send } from "./send.js";

const POLL_MS = 3000;
const LONGEST_WAIT_MS = 15_000;
const places = new Map(); // id of a video → its place in a form

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const url = (place) => `${place.dataset.videoPlace}${place.video.value}/`;

function say(place, what, { busy = null, poster = "" } = {}) {
  place.querySelector("[data-video-state]").textContent = place.dataset[what] ?? what;
  const bar = place.querySelector("progress");
  bar.hidden = busy === null;
  if (busy !== null) bar.value = busy;
  const image = place.querySelector("img");
  image.hidden = !poster;
  if (poster) image.src = poster;
}

function show(place, { state, percent, reason, poster }) {
  if (state === "waiting") say(place, "preparing", { busy: percent / 100 });
  else if (state === "ready") say(place, "ready", { poster });
  else if (state === "failed") say(place, reason);
}

function hold(place, id) {
  place.video ??= place.querySelector("[name=video]");
  place.video.value = id;
  place.hidden = !id;
  if (id) places.set(id, place);
}

/** Tell who keeps the draft. */
const touched = (place) => place.closest("form").dispatchEvent(new CustomEvent("planet:written", { bubbles: true }));

async function state(place) {
  const answer = await fetch(url(place));
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** One piece; where the upload stands afterwards. Null: lost on the way. */
async function piece(place, file, offset, size) {
  const headers = { "Upload-Offset": String(offset), "Content-Type": "application/octet-stream" };
  const onprogress = (part) => say(place, "sending", { busy: (offset + part * Math.min(size, file.size - offset)) / file.size });
  let answer;
  try {
    answer = await send(url(place), file.slice(offset, offset + size), { headers, onprogress });
  } catch {
    return null;
  }
  if (answer.ok || answer.status === 409) return JSON.parse(answer.text);
  if (answer.status >= 500 || answer.status === 429) return null;
  throw new Error(answer.status === 422 ? JSON.parse(answer.text).error : place.dataset.gone);
}

async function upload(place, file, size) {
  let offset = 0;
  let wait = 1000;
  const { value: id } = place.video;
  while (place.video.value === id) {
    const stands = await piece(place, file, offset, size);
    if (!stands) {
      say(place, "lost", { busy: offset / file.size });
      await pause(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      offset = (await state(place).catch(() => ({ offset }))).offset;
      continue;
    }
    wait = 1000;
    ({ offset } = stands);
    if (stands.state !== "receiving") {
      show(place, stands);
      return;
    }
  }
}

/** Pushes may be missed: now and then it is asked for as well. */
async function watch(place) {
  const { value: id } = place.video;
  while (place.isConnected && place.video.value === id) {
    const now = await state(place).catch(() => null);
    if (now && now.state !== "receiving") show(place, now);
    if (now?.state === "ready" || now?.state === "failed") return;
    await pause(POLL_MS);
  }
}

async function begin(place, file) {
  const body = new FormData();
  body.set("size", String(file.size));
  place.hidden = false;
  say(place, "sending", { busy: 0 });
  const answer = await send(place.dataset.videoPlace, body).catch(() => null);
  if (!answer?.ok) {
    say(place, answer?.status === 422 ? JSON.parse(answer.text).error : "lost");
    return;
  }
  const begun = JSON.parse(answer.text);
  hold(place, begun.id);
  touched(place);
  try {
    await upload(place, file, begun.piece);
    await watch(place);
  } catch (error) {
    say(place, error.message);
  }
}

document.addEventListener("change", ({ target }) => {
  const [file] = (target.matches?.("[data-video]") && target.files) || [];
  if (!file) return;
  begin(target.closest("form").querySelector("[data-video-place]"), file);
  target.value = "";
});

document.addEventListener("click", ({ target }) => {
  const place = target.closest?.("[data-video-remove]")?.closest("[data-video-place]");
  if (!place) return;
  if (place.video?.value) send(`${url(place)}drop/`, new FormData()).catch(() => {}); // what stays is swept
  hold(place, "");
  touched(place);
});

document.addEventListener("planet:sent", ({ target }) => {
  const place = target.querySelector("[data-video-place]");
  if (place) hold(place, "");
});

document.addEventListener("planet:event", ({ detail: { kind, data } }) => {
  if (kind === "video" && places.has(data.id)) show(places.get(data.id), data);
});

/** A draft with a video in it. */
function restore(root) {
  for (const place of root.querySelectorAll("[data-video-place]")) {
    const field = place.querySelector("[name=video]");
    if (!field.value || places.get(field.value) === place) continue;
    hold(place, field.value);
    watch(place);
  }
}

restore(document);
for (const name of ["htmx:load", "planet:filled"]) document.addEventListener(name, ({ target }) => restore(target));
