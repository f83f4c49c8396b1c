// What can be done with a message: the tools of the row under the pointer (or the focus, or the finger), its menu, its
// reactions. Shown at once, corrected by the server's answer.
import { of } from "./conversation.js";
import { get, post } from "./net.js";
import { openThread } from "./panel.js";
import { adopt, number } from "./rows.js";
import { word } from "./words.js";
import { ask } from "../dialog.js";
import { show } from "../toast.js";

const RIGHTS = { react: 1 << 5, thread: 1 << 6, pin: 1 << 17, delete: 1 << 18 };
const MINUTE = 60_000;
const HOLD_MS = 450;

const tools = document.getElementById("acts")?.content.firstElementChild;
let row = null; // whose tools are shown
let chosen = null; // whose menu is open

const living = (one) => one && !one.matches(".ev, .pending") && !one.querySelector(".txt.gone");
const may = (one, right) => Boolean(of(one)?.rights & RIGHTS[right]);

/** Show the tools at a row. */
function hold(one) {
  if (!tools || one === row) return;
  row?.classList.remove("held");
  row = living(one) && of(one) ? one : null;
  if (!row) {
    tools.remove();
    return;
  }
  for (const button of tools.querySelectorAll('[data-act="react"], [data-act="picker"]')) button.hidden = !may(row, "react");
  tools.querySelector('[data-act="thread"]').hidden = isThread(row);
  row.classList.add("held");
  row.append(tools);
}

const isThread = (one) => one.closest("[data-thread]") !== null;

document.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType !== "mouse" || document.querySelector("#act-menu:popover-open, #react-menu:popover-open")) return;
  hold(target.closest?.("[data-messages] article.msg"));
});
document.addEventListener("focusin", ({ target }) => {
  if (!target.closest?.("[data-acts]") && target.closest?.("[data-messages] article.msg")) hold(target.closest("article.msg"));
});

// A finger: a touch that rests, or a tap beside what has a meaning of its own.
let pressTimer;
document.addEventListener("pointerdown", ({ target, pointerType }) => {
  if (pointerType === "mouse") return;
  const one = target.closest?.("[data-messages] article.msg");
  clearTimeout(pressTimer);
  if (!one || target.closest("a, button, input, video")) return;
  pressTimer = setTimeout(() => hold(one), HOLD_MS);
});
for (const type of ["pointerup", "pointercancel", "scroll"]) {
  document.addEventListener(type, () => clearTimeout(pressTimer), { capture: true, passive: true });
}
document.addEventListener("contextmenu", (event) => {
  if (matchMedia("(pointer: coarse)").matches && event.target.closest?.("[data-messages] article.msg") && !event.target.closest("a")) {
    event.preventDefault();
  }
});

/** The menu speaks of the row it was opened at. */
function open(one) {
  chosen = one;
  const menu = document.getElementById("act-menu");
  const show_ = (act, on) => { const item = menu.querySelector(`[data-act="${act}"]`); if (item) item.hidden = !on; };
  const conversation = of(one);
  const { editMinutes } = conversation.root.dataset;
  const isFresh = Date.now() - new Date(one.querySelector("time").dateTime) < Number(editMinutes) * MINUTE;
  const silent = !conversation.writing.form;
  show_("reply", !silent);
  show_("thread", !isThread(one));
  show_("edit", one.own && isFresh && !silent && one.querySelector(".txt"));
  show_("delete", one.own || may(one, "delete"));
  show_("pin", may(one, "pin"));
  show_("report", !one.own);
  const pinned = "pinned" in one.dataset;
  menu.querySelector("[data-pin-off]").hidden = pinned;
  menu.querySelector("[data-pin-on]").hidden = !pinned;
  menu.querySelector('[data-act="report"]').href = `/report/message/${one.dataset.m}/`;
}

const acts = {
  react: (one, button) => react(one, button.dataset.emoji),
  reply: (one) => of(one).writing.answer(one),
  edit: (one) => of(one).writing.edit(one),
  thread: (one) => openThread(one),
  forward: (one) => forward(one),
  copy: (one) => copy(one.querySelector(".txt")?.innerText.trim() ?? "", word("copied_text")),
  link: (one) => copy(new URL(`${of(one).root.dataset.here}?at=${number(one)}`, location.href).href, word("copied_text")),
  unread: async (one) => { if (await of(one).reading.unread(number(one))) { of(one).timeline.mark(number(one)); show(word("marked_unread")); } },
  pin: (one) => change(one, "pin", { on: "pinned" in one.dataset ? 0 : 1 }),
  delete: async (one) => { if (await ask(word("delete_sure"), word("delete"))) await change(one, "delete"); },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-act]");
  if (button) {
    const here = button.closest("[data-acts]");
    const one = here ? button.closest("article.msg") : chosen;
    const { act } = button.dataset;
    if (act === "more" || act === "picker") {
      if (one) open(one);
      return;
    }
    if (act === "report" || !one) return;
    event.preventDefault();
    button.closest("[popover]")?.hidePopover();
    acts[act]?.(one, button);
    return;
  }
  const reaction = event.target.closest?.(".rx button");
  const one = reaction?.closest("article.msg");
  if (one && of(one)) react(one, reaction.dataset.e);
});

/** React, or take it back: at once, then as the server has it. */
async function react(one, emoji) {
  const conversation = of(one);
  if (!conversation || !may(one, "react")) return;
  const id = one.dataset.m;
  const mine = conversation.mine.get(id) ?? new Set();
  const on = !mine.has(emoji);
  count(one, emoji, on, conversation);
  try {
    const answer = await post(`/m/${id}/react/`, { emoji, on: on ? 1 : 0 });
    if (!answer.ok) throw new Error(answer.why);
    conversation.answered(answer.html);
  } catch (error) {
    count(conversation.timeline.rows.get(number(one)) ?? one, emoji, !on, conversation);
    show(error.message || word("refused"), { kind: "error" });
  }
}

function count(one, emoji, on, conversation) {
  const mine = conversation.mine.get(one.dataset.m) ?? new Set();
  if (on) mine.add(emoji);
  else mine.delete(emoji);
  conversation.mine.set(one.dataset.m, mine);
  let bar = one.querySelector(".rx");
  if (!bar) {
    bar = Object.assign(document.createElement("div"), { className: "rx" });
    const body = one.querySelector(".bd");
    body.insertBefore(bar, body.querySelector(".thr"));
  }
  let button = bar.querySelector(`[data-e="${CSS.escape(emoji)}"]`);
  if (!button) {
    button = Object.assign(document.createElement("button"), { type: "button" });
    button.dataset.e = emoji;
    const drawn = document.querySelector(`#react-menu [data-emoji="${CSS.escape(emoji)}"] svg`)?.cloneNode(true);
    drawn?.classList.add("ic-14");
    button.append(drawn ?? emoji, Object.assign(document.createElement("b"), { textContent: "0" }));
    bar.append(button);
  }
  const place = button.querySelector("b");
  const n = Math.max(0, Number(place.textContent) + (on ? 1 : -1));
  place.textContent = n;
  if (!n) button.remove();
  if (!bar.childElementCount) bar.remove();
  adopt(one, conversation.reader);
}

async function change(one, act, fields = {}) {
  const conversation = of(one);
  try {
    const answer = await post(`/m/${one.dataset.m}/${act}/`, fields);
    if (!answer.ok) show(answer.why || word("refused"), { kind: "error" });
    else conversation.answered(answer.html);
  } catch {
    show(word("retry"), { kind: "error" });
  }
}

async function copy(text, said) {
  await navigator.clipboard.writeText(text);
  show(said);
}

/** Choose one of the groups in the list, and send it there. */
async function forward(one) {
  const answer = await get(`/m/${one.dataset.m}/forward-to/`).catch(() => null);
  if (!answer?.ok) return show(answer?.why || word("retry"), { kind: "error" });
  const dialog = document.getElementById("dialog");
  dialog.innerHTML = answer.html;
  window.htmx?.process(dialog);
  dialog.showModal();
}

// The keyboard, at a row that has the focus.
const KEYS = { r: "reply", e: "edit", t: "thread", f: "forward", u: "unread", p: "pin", Delete: "delete" };
document.addEventListener("keydown", (event) => {
  const one = event.target.closest?.("[data-messages] article.msg");
  if (!one || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea")) return;
  const act = KEYS[event.key];
  if (!act || !living(one)) return;
  if ((act === "edit" && !one.own) || (act === "pin" && !may(one, "pin")) || (act === "delete" && !one.own && !may(one, "delete"))) return;
  event.preventDefault();
  event.stopPropagation();
  acts[act](one);
});
