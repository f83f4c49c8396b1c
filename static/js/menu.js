// Menus are popovers: the browser opens, closes and layers them without us. Here: place them where it cannot, and
// arrow keys inside.
const PLACED_BY_CSS = CSS.supports("position-area: bottom span-left");
const GAP = 6;

function place(menu, opener) {
  if (PLACED_BY_CSS || matchMedia("(max-width: 699px)").matches || !opener) return;
  const from = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = from.bottom + GAP + height <= innerHeight;
  menu.style.inset = "auto";
  menu.style.top = `${Math.max(GAP, below ? from.bottom + GAP : from.top - GAP - height)}px`;
  menu.style.left = `${Math.min(innerWidth - width - GAP, Math.max(GAP, from.right - width))}px`;
}

const items = (menu) => [...menu.querySelectorAll("a[href], button:not([disabled])")];

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.(".menu[popover]")) return;
    const open = event.newState === "open";
    const id = CSS.escape(menu.id);
    const openers = document.querySelectorAll(`[popovertarget="${id}"], [aria-controls="${id}"]`);
    for (const opener of openers) opener.setAttribute("aria-expanded", String(open));
    if (!open) return;
    const opener = [...openers].find((one) => one.offsetParent !== null);
    place(menu, opener);
    items(menu)[0]?.focus({ preventScroll: true });
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[popover]");
  if (!menu) return;
  if (event.target.matches("input, select, textarea")) {
    // A field in a menu keeps its keys; Enter is done with the menu, and does not send the form around it.
    if (event.key !== "Enter") return;
    event.preventDefault();
    menu.hidePopover();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const all = items(menu);
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
  }
});

// Something chosen closes the menu; a preference stays, to be compared.
document.addEventListener("click", (event) => {
  const chosen = event.target.closest?.(".menu[popover] .mi");
  chosen?.closest(".menu").hidePopover();
});

// Share: the phone's own sheet where there is one, else the link is copied.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-share]");
  if (!button) return;
  event.preventDefault();
  const url = new URL(button.dataset.share, location.href).href;
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    await navigator.share({ url, title: document.title }).catch(() => {});
    return;
  }
  const [{ show }, { text }] = await Promise.all([import("./toast.js"), import("./texts.js")]);
  await navigator.clipboard.writeText(url);
  show(text("copied"));
});
