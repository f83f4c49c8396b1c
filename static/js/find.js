// The search box: suggestions while typing, and what was searched before.
import { Options, ask, forget } from "./options.js";
import { href, recent, remember } from "./recent.js";

const lists = new WeakMap();

function icon(name) {
  const svg = document.querySelector(".find svg").cloneNode(true);
  const use = svg.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#i-.*/, `#i-${name}`));
  return svg;
}

function option(search, symbol) {
  const link = document.createElement("a");
  link.className = "opt";
  link.href = href(search);
  link.tabIndex = -1;
  link.setAttribute("role", "option");
  link.setAttribute("aria-selected", "false");
  const sign = document.createElement("span");
  sign.className = "tk";
  sign.append(icon(symbol));
  const words = document.createElement("span");
  words.className = "cut";
  words.dir = "auto";
  words.textContent = search;
  link.append(sign, words);
  return link;
}

function listOf(field) {
  if (!lists.has(field)) {
    lists.set(field, new Options(field, {
      choose: (chosen) => location.assign(chosen.href),
      place: () => {
        const { left, top, bottom, width } = field.form.getBoundingClientRect();
        return { left, top, bottom, width };
      },
    }));
  }
  return lists.get(field);
}

async function suggest(field) {
  const said = field.value.trim();
  const list = listOf(field);
  if (!said) {
    forget();
    list.show(...recent().map((search) => option(search, "history")));
    return;
  }
  if (/["\s:]/.test(said)) { // a search of several words is nobody's name
    list.close();
    return;
  }
  const html = await ask(said.toLowerCase());
  if (html === null || field.value.trim() !== said || document.activeElement !== field) return;
  const holder = document.createElement("template");
  holder.innerHTML = html;
  list.show(option(said, "search"), ...holder.content.children);
}

/** What the loader does for the box that had this module loaded. */
export function wake(field) {
  if (document.activeElement === field) suggest(field);
}

document.addEventListener("focusin", ({ target }) => target.matches?.("[data-find-input]") && !target.value && suggest(target));
document.addEventListener("input", ({ target }) => target.matches?.("[data-find-input]") && suggest(target));
document.addEventListener("focusout", ({ target }) => lists.get(target)?.close());
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-find-input]")) return;
  if (lists.get(event.target)?.press(event)) event.preventDefault();
  else if (event.key === "Escape") event.target.blur();
}, true);
document.addEventListener("submit", ({ target }) => target.matches?.("[data-find]") && remember(target.elements.q.value));
addEventListener("resize", () => lists.get(document.activeElement)?.close());
