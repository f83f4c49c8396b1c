// Polls in a conversation: which option is the reader's own, and voting in place. Everything else comes with the row.
import { send } from "../send.js";

const chosen = new Map();

function paint(poll) {
  const mine = chosen.get(poll.dataset.poll) ?? [];
  for (const option of poll.querySelectorAll("button[data-option]"))
    option.setAttribute("aria-pressed", String(mine.includes(Number(option.dataset.option))));
}

async function learn() {
  const polls = [...document.querySelectorAll("[data-poll]")];
  const unknown = [...new Set(polls.map((poll) => poll.dataset.poll))].filter((id) => !chosen.has(id)).slice(0, 60);
  if (unknown.length) {
    for (const id of unknown) chosen.set(id, []);
    const answer = await fetch(`/polls/mine/?${new URLSearchParams(unknown.map((id) => ["m", id]))}`);
    if (answer.ok) for (const [id, mine] of Object.entries(await answer.json())) chosen.set(id, mine);
  }
  polls.forEach(paint);
}

document.addEventListener("click", async (event) => {
  const option = event.target.closest?.("button[data-option]");
  const poll = option?.closest("[data-poll]");
  if (!poll) return;
  const id = poll.dataset.poll;
  const before = chosen.get(id) ?? [];
  const place = Number(option.dataset.option);
  const rest = "multiple" in poll.dataset ? before.filter((one) => one !== place) : [];
  const after = before.includes(place) ? rest : [...rest, place];
  chosen.set(id, after);
  paint(poll);
  const body = new FormData();
  for (const one of after) body.append("option", one);
  try {
    const answer = await send(`/m/${id}/poll/`, body);
    if (!answer.ok) throw new Error(String(answer.status));
  } catch {
    chosen.set(id, before);
    for (const shown of document.querySelectorAll(`[data-poll="${CSS.escape(id)}"]`)) paint(shown);
  }
});

// Rows come and are replaced all the time: look once a frame at most, and only where a poll is among them.
let waiting = false;
new MutationObserver((changes) => {
  const has = changes.some((change) => [...change.addedNodes].some((node) => node.querySelector?.("[data-poll]")));
  if (!has || waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; learn(); });
}).observe(document.querySelector("[data-work]") ?? document.body, { childList: true, subtree: true });
learn();
