// The search page: remembers what it answers, and shows what was searched before.
import { forgetAll, href, recent, remember } from "./recent.js";
import { text } from "./texts.js";

function showRecent(place) {
  const searches = recent();
  place.hidden = !searches.length;
  place.replaceChildren();
  if (!searches.length) return;
  const heading = document.createElement("h2");
  heading.textContent = text("recent");
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "btn sm quiet end";
  clear.textContent = text("forget");
  clear.addEventListener("click", () => {
    forgetAll();
    showRecent(place);
    document.querySelector("main [data-find-input]")?.focus();
  });
  const head = document.createElement("div");
  head.className = "sh";
  head.append(heading, clear);
  const row = document.createElement("div");
  row.className = "recent";
  for (const search of searches) {
    const link = document.createElement("a");
    link.className = "pillx";
    link.href = href(search);
    link.dir = "auto";
    link.textContent = search;
    row.append(link);
  }
  const section = document.createElement("section");
  section.className = "sect";
  section.append(head, row);
  place.append(section);
}

const done = document.querySelector("[data-search-done]");
if (done) remember(done.dataset.searchDone);
const place = document.querySelector("[data-recent]");
if (place) showRecent(place);
