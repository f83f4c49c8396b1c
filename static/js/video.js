// A video in the composer: sent in pieces that may be lost and are sent again from where the server stands, then watched
// while it is prepared. The form holds its id, so that drafts keep it. What a reload or a crash broke off goes on from
// there once the same file is chosen again: a browser gives no file back by itself.
import { send } from "./send.js";
import { sheet, within } from "./threads.js";

const POLL_MS = 3000;
const LONGEST_WAIT_MS = 15_000;
const places = new Map(); // id of a video → its place in a form
const broken = new Map(); // id of a video whose upload nobody here goes on with → where it stands
const LAST = "planet:video"; // the video that was begun last in this browser, and which file it is

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

const nameOf = (file) => `${file.name}:${file.size}:${file.lastModified}`;

function remember(id, file) {
  try {
    localStorage.setItem(LAST, JSON.stringify([id, nameOf(file)]));
  } catch { /* no room, or not allowed: then it is sent anew */ }
}

/** Whether this is the file of which the server has the beginning. */
function isSame(id, file) {
  try {
    const [known, name] = JSON.parse(localStorage.getItem(LAST)) ?? [];
    return known === id && name === nameOf(file);
  } catch {
    return false;
  }
}

function show(place, { state, percent, reason, poster }) {
  if (state === "waiting") say(place, "preparing", { busy: percent / 100 });
  else if (state === "ready") say(place, "ready", { poster });
  else if (state === "failed") say(place, reason);
}

function hold(place, id) {
  place.video ??= place.querySelector("[data-video-id]");
  place.video.value = id;
  place.hidden = !id;
  if (id) places.set(id, place);
}

/** Tell who keeps the draft; whoever took a whole post away has told already. */
const touched = (place) => place.closest("form")?.dispatchEvent(new CustomEvent("planet:written", { bubbles: true }));

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

async function upload(place, file, size, offset = 0) {
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

/** An upload that nobody here goes on with: it stands still, or another tab sends it. */
function standing(place, now) {
  const before = broken.get(now.id);
  broken.set(now.id, now);
  const isMoving = before && before.offset < now.offset;
  say(place, isMoving ? "sending" : "broken", { busy: now.offset / now.size });
}

/** Pushes may be missed: now and then it is asked for as well. */
async function watch(place) {
  const { value: id } = place.video;
  while (place.isConnected && place.video.value === id && place.sending !== id) {
    const now = await state(place).catch((error) => (error.message === "404" ? { state: "failed", reason: place.dataset.gone } : null));
    if (place.sending === id || place.video.value !== id) return;
    if (now?.state === "receiving") standing(place, now);
    else if (now) show(place, now);
    if (now?.state === "ready" || now?.state === "failed") return;
    await pause(POLL_MS);
  }
}

async function sent(place, file, { id, piece: size, offset }) {
  place.sending = id;
  try {
    await upload(place, file, size, offset);
  } catch (error) {
    if (place.video.value === id) say(place, error.message);
    return;
  } finally {
    if (place.sending === id) place.sending = "";
  }
  if (place.video.value === id) await watch(place);
}

function chosen(place, file) {
  const stands = broken.get(place.video?.value);
  if (stands && isSame(stands.id, file)) {
    broken.delete(stands.id);
    sent(place, file, stands);
  } else begin(place, file);
}

const forget = (place) => send(`${url(place)}drop/`, new FormData()).catch(() => {}); // what stays is swept

async function begin(place, file) {
  if (broken.has(place.video?.value)) await forget(place); // its place is for the new one
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
  if (!place.isConnected) {
    await forget(place); // its post was taken away meanwhile
    return;
  }
  remember(begun.id, file);
  touched(place);
  await sent(place, file, begun);
}

document.addEventListener("change", ({ target }) => {
  const [file] = (target.matches?.("[data-video]") && target.files) || [];
  if (!file) return;
  chosen(within(sheet(target.closest("form")), "[data-video-place]")[0], file);
  target.value = "";
});

document.addEventListener("click", ({ target }) => {
  // With a post of the thread its video goes.
  const place = target.closest?.("[data-video-remove]")?.closest("[data-video-place]")
    ?? target.closest?.("[data-remove-part]")?.closest("[data-sheet]").querySelector("[data-video-place]");
  if (!place) return;
  if (place.video?.value) forget(place);
  hold(place, "");
  touched(place);
});

document.addEventListener("planet:sent", ({ target }) => {
  for (const place of target.querySelectorAll("[data-video-place]")) hold(place, "");
});

document.addEventListener("planet:event", ({ detail: { kind, data } }) => {
  if (kind === "video" && places.has(data.id)) show(places.get(data.id), data);
});

/** A draft with a video in it. */
function restore(root) {
  for (const place of root.querySelectorAll("[data-video-place]")) {
    const field = place.querySelector("[data-video-id]");
    if (!field.value || places.get(field.value) === place) continue;
    hold(place, field.value);
    watch(place);
  }
}

restore(document);
for (const name of ["htmx:load", "planet:filled"]) document.addEventListener(name, ({ target }) => restore(target));
