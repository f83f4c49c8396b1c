// Polls in the conversation: a press votes, at once; the counts come with the row as for everybody.
import { post } from "./net.js";
import { word } from "./words.js";
import { show } from "../toast.js";

const chosen = new Map(); // message → the places that the reader chose
const asked = new Set();
let timer;

const polls = () => [...document.querySelectorAll("[data-messages] [data-poll]")];

function draw(poll) {
  const mine = chosen.get(poll.dataset.poll) ?? [];
  for (const option of poll.querySelectorAll("button[data-option]")) {
    option.setAttribute("aria-pressed", String(mine.includes(Number(option.dataset.option))));
  }
}

/** What the reader chose is not in the rows, which are for everybody: ask once a poll. */
async function learn() {
  timer = undefined;
  const fresh = polls().map((poll) => poll.dataset.poll).filter((id) => !asked.has(id)).slice(0, 50);
  if (fresh.length) {
    fresh.forEach((id) => asked.add(id));
    const answer = await fetch(`/polls/mine/?${new URLSearchParams(fresh.map((id) => ["m", id]))}`).catch(() => null);
    if (!answer?.ok) fresh.forEach((id) => asked.delete(id));
    else for (const [id, places] of Object.entries(await answer.json())) chosen.set(id, places);
  }
  polls().forEach(draw);
}

const look = () => { timer ??= setTimeout(learn, 50); };

document.addEventListener("click", async ({ target }) => {
  const option = target.closest?.("[data-poll] button[data-option]");
  if (!option) return;
  const poll = option.closest("[data-poll]");
  const id = poll.dataset.poll;
  const place = Number(option.dataset.option);
  const before = chosen.get(id) ?? [];
  const rest = before.filter((one) => one !== place);
  const now = before.includes(place) ? rest : "multiple" in poll.dataset ? [...rest, place] : [place];
  chosen.set(id, now);
  draw(poll);
  const answer = await post(`/m/${id}/poll/`, { option: now }).catch(() => null);
  if (answer?.ok) return;
  chosen.set(id, before);
  polls().forEach(draw);
  show(answer?.why || word("retry"), { kind: "error" });
});

document.addEventListener("planet:rows", look);
look();
