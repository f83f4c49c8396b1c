// A post becomes a thread: further posts below it, each with a counter, pictures and components of its own. What the
// toolbar adds goes to the post that was written in last.
const MOST = 24;
const current = new WeakMap(); // a composer → the part that was written in last; none: its first post

const list = (form) => form.querySelector("[data-parts]");
const touched = (form) => form.dispatchEvent(new CustomEvent("planet:written", { bubbles: true }));

/** The post of a thread that the toolbar is for: a part, or the form itself for the first. */
export function sheet(form) {
  const part = current.get(form);
  return part?.isConnected ? part : form;
}

/** The form itself and its further posts. */
export const sheets = (form) => [form, ...form.querySelectorAll("[data-sheet]")];

/** What of a kind stands in one post: the first is whatever stands in no part. */
export const within = (place, selector) =>
  [...place.querySelectorAll(selector)].filter((one) => (one.closest("[data-sheet]") ?? one.closest("form")) === place);

function choose(form, part) {
  if (part) current.set(form, part);
  else current.delete(form);
  for (const one of form.querySelectorAll("[data-sheet]")) one.classList.toggle("on", one === part);
}

function show(form) {
  const parts = list(form);
  if (!parts) return;
  parts.hidden = !parts.children.length;
  form.querySelector("[data-add-part]").disabled = parts.children.length >= MOST;
}

function add(form, value = "") {
  const part = form.querySelector("template[data-part]").content.firstElementChild.cloneNode(true);
  part.querySelector("textarea").value = value;
  list(form).append(part);
  show(form);
  return part;
}

/** The button that adds a post works now. */
export function wake(form) {
  const button = form.querySelector("[data-add-part]");
  if (!button) return;
  button.hidden = false;
  show(form);
}

/** Make the further posts these texts, with these videos. */
export function fill(form, texts, videos = [], videoAlts = []) {
  if (!list(form)) return;
  list(form).replaceChildren();
  for (const [place, value] of texts.entries()) {
    const part = add(form, value);
    part.querySelector("[data-video-id]").value = videos[place] ?? "";
    part.querySelector("[data-video-alt]").value = videoAlts[place] ?? "";
  }
  choose(form, null);
  show(form);
}

/** Things in the order of the posts, with how many belong to each part: the same things, post by post. */
export function deal(things, counts) {
  const left = [...things];
  const dealt = counts.map(Number).reverse().map((count) => (count ? left.splice(-count) : [])).reverse();
  return [left, ...dealt];
}

/** What two posts have in them, the words and what hangs on them, changes places: the first post is the form itself. */
function swap(one, other) {
  const words = (place) => (place.matches("form") ? place.elements.text : place.querySelector("textarea"));
  [words(one).value, words(other).value] = [words(other).value, words(one).value];
  for (const selector of ["[data-shots]", "[data-beds]"]) {
    const [mine, theirs] = [within(one, selector)[0], within(other, selector)[0]];
    const kept = [...mine.children];
    mine.replaceChildren(...theirs.children);
    theirs.replaceChildren(...kept);
    for (const box of [mine, theirs].filter((box) => box.matches("[data-shots]"))) box.hidden = !box.children.length;
  }
  swapVideos(...[one, other].map((place) => within(place, "[data-video-place]")[0]));
}

/** The places themselves change, so that an upload goes on; what they are called in the form stays with the post. */
function swapVideos(mine, theirs) {
  const gap = document.createComment("");
  mine.replaceWith(gap);
  theirs.replaceWith(mine);
  gap.replaceWith(theirs);
  for (const what of ["[data-video-id]", "[data-video-alt]"]) {
    const [a, b] = [mine.querySelector(what), theirs.querySelector(what)];
    [a.name, b.name] = [b.name, a.name];
  }
}

/** Move a post of the thread up or down by one; above the first stands the form's own. */
function move(part, step) {
  const form = part.closest("form");
  const all = sheets(form);
  const other = all[all.indexOf(part) + step];
  if (!other) return part;
  if (other === form) swap(part, form);
  else other[step < 0 ? "before" : "after"](part);
  touched(form);
  return other === form ? form : part;
}

/** Move it, and leave the keyboard where the post is now. */
function carry(part, step) {
  const place = move(part, step);
  const words = place.matches("form") ? place.elements.text : place.querySelector("textarea");
  for (const box of [part.querySelector("textarea"), words]) box.dispatchEvent(new Event("input", { bubbles: true }));
  words.focus();
}

export const clear = (form) => fill(form, []);

document.addEventListener("click", ({ target }) => {
  const form = target.closest?.("form[data-composer]");
  if (!form) return;
  if (target.closest("[data-add-part]")) {
    add(form).querySelector("textarea").focus();
    touched(form);
  }
  const mover = target.closest("[data-move-part]");
  if (mover) carry(mover.closest(".part"), Number(mover.dataset.movePart));
  const part = target.closest("[data-remove-part]")?.closest(".part");
  if (!part) return;
  const near = part.previousElementSibling?.querySelector("textarea") ?? form.elements.text;
  part.remove();
  choose(form, near.closest(".part"));
  show(form);
  near.focus();
  touched(form);
});

// Backspace in an empty post of the thread takes it away, as an empty line.
document.addEventListener("keydown", (event) => {
  const part = event.target.closest?.("form[data-composer] .part");
  const step = event.altKey && { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (part && step) {
    event.preventDefault();
    carry(part, step);
  }
  if (!part || event.key !== "Backspace" || event.target.value || event.isComposing) return;
  event.preventDefault();
  part.querySelector("[data-remove-part]").click();
});

document.addEventListener("focusin", ({ target }) => {
  const form = target.closest?.("form[data-composer]");
  if (!form || !target.closest("textarea[name=text], [data-sheet], [data-shots], [data-beds]")) return;
  choose(form, target.closest("[data-sheet]"));
});

// Whoever reads the form is told whose the pictures and components are, and the description of each.
document.addEventListener("formdata", ({ target: form, formData }) => {
  if (!form.matches("[data-composer]") || !list(form)) return;
  for (const name of ["alt", "part_pictures", "part_blocks", "part_place"]) formData.delete(name);
  for (const shot of form.querySelectorAll(".shot")) {
    if (shot.querySelector("input[name=picture]:enabled")) formData.append("alt", shot.querySelector("input[name=alt]").value);
  }
  for (const part of form.querySelectorAll("[data-sheet]")) {
    formData.append("part_pictures", part.querySelectorAll("input[name=picture]:enabled").length);
    formData.append("part_blocks", part.querySelectorAll("input[name=block]:enabled").length);
  }
});
