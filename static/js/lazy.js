// What only some visits need is loaded when it is first wanted: suggestions for @, # and $ in a text, and the search box.
const SIGNS = /[@＠#＃$＄]/;
const loaded = new Set();

function once(name, load) {
  if (loaded.has(name)) return;
  loaded.add(name);
  load().catch(() => loaded.delete(name)); // no connection: the next try loads it
}

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("textarea") && SIGNS.test(target.value)) once("text", () => import("./autocomplete.js"));
});
document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.("[data-find-input]")) once("find", () => import("./find.js").then((found) => found.wake(target)));
});

// What was in view is reported where the server signed what it showed; nobody waits for that.
const look = () => document.querySelector("[data-seen]") && once("attention", () => import("./attention.js"));
addEventListener("load", look);
document.addEventListener("htmx:load", look);

// In how many groups something is unread: whoever is signed in has the badge.
addEventListener("load", () => document.querySelector("[data-groups-unread]") && once("groups", () => import("./groups.js")));
