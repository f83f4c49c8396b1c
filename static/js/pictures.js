// Pictures of a post: uploaded one by one as they are chosen, pasted or dropped, with progress; described; put in order
// with the pointer or the arrow keys. The form then sends their keys.
import { send } from "./send.js";
import { text } from "./texts.js";
import { deal, sheet, sheets, within } from "./threads.js";
import { reason, show as toast } from "./toast.js";

const MOST = 9;
const MOST_IN_ALL = 36; // of a thread
const files = new WeakMap(); // a picture in the form → its file, until it is uploaded
const uploads = new WeakMap(); // → the promise of its upload

const list = (place) => place.querySelector("[data-shots]"); // of a post of a thread; of the form: its first post
const shots = (form) => [...form.querySelectorAll(".shot")];
const ofPost = (place) => within(place, ".shot");
const touched = (form) => form.dispatchEvent(new CustomEvent("planet:written", { bubbles: true }));

function show(form) {
  for (const place of sheets(form)) {
    const all = ofPost(place);
    if (list(place)) list(place).hidden = !all.length;
    for (const [at, shot] of all.entries()) {
      shot.querySelector("[data-grip]").setAttribute("aria-description", text("place", { n: at + 1, of: all.length }));
    }
  }
}

function make(form, place) {
  const shot = form.querySelector("template[data-shot]").content.firstElementChild.cloneNode(true);
  list(place).append(shot);
  return shot;
}

// --- uploading ------------------------------------------------------------------------------------------------------

function refuse(shot, message) {
  shot.classList.add("failed");
  const place = shot.querySelector(".refused");
  place.hidden = false;
  place.querySelector("span").textContent = message;
  // What the server has looked at and refused is refused again.
  place.querySelector("[data-retry]").hidden = !files.has(shot);
}

async function put(shot) {
  const bar = shot.querySelector("progress");
  const body = new FormData();
  body.append("file", files.get(shot));
  shot.classList.remove("failed");
  shot.querySelector(".refused").hidden = true;
  bar.hidden = false;
  bar.value = 0;
  try {
    const answer = await send("/post/pictures/", body, { onprogress: (part) => { bar.value = part; } });
    if (answer.ok) stored(shot, JSON.parse(answer.text));
    else {
      if (answer.status === 422) files.delete(shot);
      refuse(shot, answer.status === 422 ? JSON.parse(answer.text).error : reason(answer.status));
    }
  } catch (error) {
    refuse(shot, error.message);
  } finally {
    bar.hidden = true;
  }
}

function stored(shot, { key }) {
  const input = shot.querySelector("input[name=picture]");
  input.value = key;
  input.disabled = false;
  shot.dataset.stored = "";
  files.delete(shot);
  if (shot.isConnected) touched(shot.closest("form"));
}

function upload(shot) {
  // One after the other: a slow line shows the first picture soon instead of all of them late.
  const before = shot.previousElementSibling && uploads.get(shot.previousElementSibling);
  uploads.set(shot, Promise.resolve(before).then(() => (shot.isConnected ? put(shot) : undefined)));
}

function add(form, chosen, place = sheet(form)) {
  const all = [...chosen].filter((file) => file.type.startsWith("image/"));
  const room = Math.min(MOST - ofPost(place).length, MOST_IN_ALL - shots(form).length);
  if (all.length > room) toast(text("most_pictures", { most: MOST }), { kind: "error" });
  for (const file of all.slice(0, room)) {
    const shot = make(form, place);
    const image = shot.querySelector("img");
    image.src = URL.createObjectURL(file);
    image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
    image.addEventListener("error", () => URL.revokeObjectURL(image.src), { once: true });
    files.set(shot, file);
    upload(shot);
  }
  show(form);
}

// --- what the composer asks for -------------------------------------------------------------------------------------

/** A composer stands on the page; it may hold pictures already, and files that were chosen before this was loaded. */
export function wake(form) {
  for (const input of form.querySelectorAll("[data-pictures]")) {
    input.removeAttribute("name"); // else whoever reads the form has an empty file made, each time: 10 ms on a phone
    take(input);
  }
  show(form);
}

/** Wait for what is on its way; whether every picture is there. One that was refused must be removed first. */
export async function settled(form) {
  await Promise.all(shots(form).map((shot) => uploads.get(shot)));
  return shots(form).every((shot) => "stored" in shot.dataset);
}

/** Make the pictures these: pairs of a key and what it shows, in the order of the posts; `counts` of them are each part's. */
export function fill(form, pairs, counts = []) {
  list(form)?.replaceChildren();
  const places = sheets(form);
  for (const [at, some] of deal(pairs, counts).entries()) {
    for (const [key, alt] of some) {
      const shot = make(form, places[at]);
      shot.querySelector("input[name=alt]").value = alt;
      shot.querySelector("img").src = `${list(form).dataset.media}${key}/480.webp`;
      stored(shot, { key });
    }
  }
  show(form);
}

export const clear = (form) => fill(form, []);

// --- order ----------------------------------------------------------------------------------------------------------

function move(shot, step) {
  const other = step < 0 ? shot.previousElementSibling : shot.nextElementSibling;
  if (!other) return;
  other[step < 0 ? "before" : "after"](shot);
  show(shot.closest("form"));
  touched(shot.closest("form"));
}

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
  if (!grip || !step) return;
  event.preventDefault();
  move(grip.closest(".shot"), step);
  grip.focus();
});

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip || event.button) return;
  event.preventDefault();
  grip.focus();
  const shot = grip.closest(".shot");
  shot.classList.add("dragged");
  grip.setPointerCapture(event.pointerId);
  const follow = ({ clientY }) => {
    const over = [...shot.parentElement.children].find((other) => {
      const { top, bottom } = other.getBoundingClientRect();
      return other !== shot && clientY > top && clientY < bottom;
    });
    if (!over) return;
    const { top, height } = over.getBoundingClientRect();
    over[clientY < top + height / 2 ? "before" : "after"](shot);
  };
  const stop = () => {
    grip.removeEventListener("pointermove", follow);
    shot.classList.remove("dragged");
    show(shot.closest("form"));
    touched(shot.closest("form"));
  };
  grip.addEventListener("pointermove", follow);
  grip.addEventListener("lostpointercapture", stop, { once: true });
});

// --- choosing -------------------------------------------------------------------------------------------------------

function take(input) {
  if (!input.files.length) return;
  add(input.form, input.files);
  input.value = ""; // they are sent by themselves, not with the form
}

document.addEventListener("change", ({ target }) => {
  if (target.matches?.("form[data-composer] [data-pictures]")) take(target);
});
document.addEventListener("click", ({ target }) => {
  const shot = target.closest?.("form[data-composer] .shot");
  if (!shot) return;
  if (target.closest("[data-retry]")) upload(shot);
  if (!target.closest("[data-remove]")) return;
  const form = shot.closest("form");
  const near = shot.nextElementSibling ?? shot.previousElementSibling;
  const words = shot.closest("[data-sheet]")?.querySelector("textarea") ?? form.elements.text;
  shot.remove();
  show(form);
  (near?.querySelector("[data-remove]") ?? words)?.focus();
  touched(form);
});
document.addEventListener("paste", (event) => {
  const form = event.target.closest?.("form[data-composer]");
  const pasted = [...(event.clipboardData?.files ?? [])];
  if (!form || !pasted.length || event.defaultPrevented || !list(form)) return;
  event.preventDefault();
  add(form, pasted, event.target.closest("[data-sheet]") ?? form);
});
for (const type of ["dragover", "drop"]) {
  document.addEventListener(type, (event) => {
    const form = event.target.closest?.("form[data-composer]");
    if (!form || !event.dataTransfer?.types.includes("Files") || event.defaultPrevented || !list(form)) return;
    event.preventDefault();
    if (type === "drop") add(form, event.dataTransfer.files, event.target.closest("[data-sheet]") ?? form);
  });
}
