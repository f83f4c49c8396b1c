// Ways through a conversation: to its end, to what is new, to the next mention, to a day, along what is pinned.
import { main, of } from "./conversation.js";
import { word } from "./words.js";
import { show } from "../toast.js";

const jumps = {
  end: (one) => one.goEnd(),
  unread: (one) => {
    const first = one.reading.position + 1;
    return first > one.timeline.end ? show(word("no_unread")) : one.go(first);
  },
  mention: async (one) => {
    const after = Math.max(one.reading.position, one.mentionAt ?? 0);
    const answer = await fetch(`/channels/${one.channel}/mention/?after=${after}`);
    const { number } = await answer.json();
    if (!number) return show(word("no_mention"));
    one.mentionAt = number;
    return one.go(number);
  },
};

document.addEventListener("click", (event) => {
  const { target } = event;
  const back = target.closest?.("[data-to-end]");
  if (back && of(back)) {
    event.preventDefault();
    of(back).goEnd();
  }
  const jump = target.closest?.("[data-jump]");
  if (jump && main()) jumps[jump.dataset.jump](main());
  const pinbar = target.closest?.("[data-pins]");
  if (pinbar) nextPin(pinbar);
});

/** Each press of the bar goes to the pin it shows, and shows the next. */
function nextPin(bar) {
  const numbers = bar.dataset.pins.trim().split(" ");
  const next = (numbers.indexOf(bar.dataset.go) + 1) % numbers.length;
  bar.dataset.go = numbers[next];
  for (const line of bar.querySelectorAll("[data-pin]")) line.hidden = line.dataset.pin !== numbers[next];
  const marks = [...bar.querySelectorAll(".seg5 i")];
  marks.forEach((mark, at) => mark.classList.toggle("on", at === Math.min(next, marks.length - 1)));
  if (numbers.length > 1) bar.querySelector("[data-pin-place]").textContent = word("pin_place", { n: next + 1, of: numbers.length });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-jump-date]") || !main()) return;
  event.preventDefault();
  form.closest("[popover]")?.hidePopover();
  main().goDate(form.elements.date.value).catch(() => show(word("retry"), { kind: "error" }));
});
