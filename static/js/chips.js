// A cashtag under the pointer, or tapped, tells its price and change; the figures stay live while they are shown.
import { text } from "./texts.js";

const KEPT_MS = 10_000;
const REST_MS = 120; // the pointer rests on it, it does not only pass
const kept = new Map(); // symbol → {at, answer}
let tip, chip, resting;

function ask(symbol) {
  const known = kept.get(symbol);
  if (known && Date.now() - known.at < KEPT_MS) return known.answer;
  const answer = fetch(`/markets/quotes/?symbols=${encodeURIComponent(symbol)}`)
    .then((response) => (response.ok ? response.json() : null), () => null);
  kept.set(symbol, { at: Date.now(), answer });
  return answer;
}

function hide() {
  clearTimeout(resting);
  chip?.removeAttribute("aria-describedby");
  tip?.remove();
  tip = chip = undefined;
}

const span = (text, css, data = {}) => {
  const made = Object.assign(document.createElement("span"), { textContent: text, className: css });
  Object.assign(made.dataset, data);
  return made;
};

async function open(target) {
  hide();
  chip = target;
  const symbol = target.dataset.asset;
  const answer = await ask(symbol);
  const quote = answer?.quotes[symbol];
  if (!quote || chip !== target || !target.isConnected) return;
  const css = quote.direction > 0 ? "num up" : quote.direction < 0 ? "num down" : "num";
  tip = span("", "chiptip");
  tip.id = "chip-tip";
  tip.setAttribute("role", "tooltip");
  tip.append(span(quote.price, "num w6", { price: symbol, topic: `market:${symbol}` }), span(quote.change, css, { change: symbol }));
  if (answer.simulated) tip.append(span(text("simulated"), "faint t12"));
  target.setAttribute("aria-describedby", tip.id);
  document.body.append(tip);
  place(target.getBoundingClientRect());
}

function place(box) {
  const { offsetWidth: wide, offsetHeight: tall } = tip;
  const left = Math.min(Math.max(8, box.left), innerWidth - wide - 8);
  const top = box.top > tall + 64 ? box.top - tall - 6 : box.bottom + 6;
  tip.style.left = `${left}px`;
  tip.style.top = `${top}px`;
}

const chipOf = (event) => event.target.closest?.("a.chip[data-asset]");

document.addEventListener("pointerover", (event) => {
  const over = chipOf(event);
  if (!over || event.pointerType === "touch" || over === chip) return;
  clearTimeout(resting);
  resting = setTimeout(open, REST_MS, over);
});
document.addEventListener("pointerout", (event) => {
  if (event.pointerType !== "touch" && chipOf(event)) hide();
});
document.addEventListener("focusin", (event) => {
  const over = chipOf(event);
  if (over?.matches(":focus-visible")) open(over);
  else if (chip && !over) hide();
});
document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
addEventListener("scroll", hide, { passive: true, capture: true });

// Where nothing hovers, the first tap tells the price and the second one opens the page.
document.addEventListener("click", (event) => {
  const over = chipOf(event);
  if (!over) {
    hide();
    return;
  }
  if (!matchMedia("(hover: none)").matches || over === chip) return;
  event.preventDefault();
  open(over);
});
