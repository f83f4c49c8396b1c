// Reading an article: how far one is, how much is left, and where in its contents. Without scripts nothing is missing.
const prose = document.querySelector("[data-prose]");
const bar = document.querySelector("[data-progress]");
const lines = [...document.querySelectorAll("[data-content]")];
const left = document.querySelectorAll("[data-left-to-read]");
const headings = [...new Set(lines.map((line) => decodeURIComponent(line.hash.slice(1))))]
  .map((id) => document.getElementById(id))
  .filter(Boolean);
const READING_LINE = 120; // px below the top: what is above it has been read
let asked = false;

function part() {
  const { top, height } = prose.getBoundingClientRect();
  const distance = height - innerHeight * 0.6;
  return distance > 0 ? Math.min(1, Math.max(0, (READING_LINE - top) / distance)) : 1;
}

function minutes(read) {
  const rest = Math.ceil(Number(prose.dataset.minutes) * (1 - read));
  for (const place of left) place.textContent = rest && read > 0.02 ? place.dataset.said?.replace("{n}", rest) ?? "" : "";
}

function mark() {
  const passed = headings.filter((heading) => heading.getBoundingClientRect().top <= READING_LINE);
  const current = passed.at(-1)?.id;
  for (const line of lines) {
    const here = decodeURIComponent(line.hash.slice(1)) === current;
    if (here) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
}

function update() {
  asked = false;
  const read = part();
  bar.style.transform = `scaleX(${read})`;
  minutes(read);
  mark();
}

function ask() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(update);
}

if (prose && bar) {
  addEventListener("scroll", ask, { passive: true });
  addEventListener("resize", ask);
  update();
}
