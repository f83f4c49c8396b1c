// The menus of post cards: one template a page, filled for the card whose button was pressed. A menu stays in its card
// until the next one opens there: what was chosen in it may still be asking or on its way.
import { me } from "./send.js";

function applies(card) {
  const mine = card.dataset.author === me;
  const reposted = card.querySelector('[data-react="repost"]')?.value === "0";
  return {
    mine,
    known: Boolean(me),
    other: Boolean(me) && !mine,
    suggested: Boolean(me) && !mine && card.closest("[data-feed]")?.dataset.feed === "for-you",
    edited: card.querySelector("[data-edited]")?.hidden === false,
    reposted,
    fresh: !reposted,
  };
}

function build(card, name) {
  const { post, handle } = card.dataset;
  const holder = document.createElement("template");
  const template = document.querySelector(`template[data-menu-of="${name}"]`);
  holder.innerHTML = template.innerHTML.replaceAll("{id}", post).replaceAll("{handle}", handle);
  const menu = holder.content.firstElementChild;
  const is = applies(card);
  for (const part of menu.querySelectorAll("[data-if]")) if (!is[part.dataset.if]) part.remove();
  return menu;
}

function open(opener) {
  const card = opener.closest("[data-post]");
  card.querySelector(":scope > .menu")?.remove();
  const menu = build(card, opener.dataset.menu);
  menu.id = `${opener.dataset.menu}-${card.dataset.post}`;
  opener.setAttribute("aria-controls", menu.id);
  card.append(menu);
  htmx.process(menu);
  opener.focus({ preventScroll: true });
  menu.showPopover({ source: opener });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-post] [data-menu]");
  // Reposting asks for an account first: a guest's press goes to the sign-in page.
  if (!opener || (opener.dataset.react && !me)) return;
  event.preventDefault();
  if (opener.getAttribute("aria-expanded") !== "true") open(opener);
});

document.addEventListener("click", (event) => {
  const item = event.target.closest?.("[data-press]");
  const button = item?.closest("[data-post]").querySelector(`[data-react="${item.dataset.press}"]`);
  button?.form.requestSubmit(button);
});
