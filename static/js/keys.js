// The keyboard: n new post, / search, j/k next and previous, o open, l like, g then h/l/n/b, ? the list.
const PLACES = { h: "/", l: "/latest/", n: "/notifications/", b: "/bookmarks/" };
const CHORD_MS = 2000;
let chord = -Infinity; // when g was pressed, not when a busy page got to it

const items = () => [...document.querySelectorAll("main article, main [data-item]")];
const current = () => document.activeElement?.closest?.("main article, main [data-item]");

function move(step) {
  const all = items();
  if (!all.length) return;
  const at = all.indexOf(current());
  // Nothing chosen yet: begin with the first one in view.
  const next = at < 0 ? all.find((item) => item.getBoundingClientRect().bottom > 120) : all[at + step];
  if (!next) return;
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

/** The search box on this page, where it is shown; else the page that has one. */
function find() {
  const box = [...document.querySelectorAll("[data-find-input]")].find((one) => one.offsetParent);
  if (!box) location.assign("/search/");
  box?.focus();
  box?.select();
}

function press(key, at) {
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "o") current()?.querySelector("a.at, [data-open]")?.click();
  else if (key === "l") current()?.querySelector("[data-like], [data-action=like]")?.click();
  else if (key === "n") document.querySelector('[data-key="n"]')?.click();
  else if (key === "/") find();
  else if (key === "?") document.getElementById("keys")?.showModal();
  else if (key === "g") chord = at;
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  const { target, key, timeStamp } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  // The focus leaves a dialog a moment after the dialog has closed: only an open one keeps its keys.
  if (target.closest?.("input, textarea, select, [contenteditable], dialog[open], [popover]:popover-open")) return;
  const place = timeStamp - chord < CHORD_MS ? PLACES[key] : null;
  chord = -Infinity;
  if (place) {
    event.preventDefault();
    location.assign(place);
  } else if (press(key, timeStamp)) event.preventDefault();
});
