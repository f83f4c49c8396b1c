// The composer of a conversation: what is typed, what it answers or changes, and what has not arrived yet.
import { Tray } from "./attach.js";
import { stamp } from "./clock.js";
import { get, post } from "./net.js";
import { discard, retry, waiting } from "./outbox.js";
import { word } from "./words.js";
import { show as toast } from "../toast.js";

const DRAFT_MS = 300;

export class Writing {
  constructor(conversation) {
    this.conversation = conversation;
    this.form = conversation.root.querySelector("[data-send]");
    if (!this.form) return;
    this.field = this.form.elements.text;
    this.context = this.form.querySelector("[data-context]");
    this.tray = new Tray(this.form, conversation.channel);
    this.key = `planet:typed:${conversation.channel}`;
    this.recall();
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.field.addEventListener("keydown", (event) => this.press(event));
    this.field.addEventListener("input", () => this.typed());
    this.context.querySelector("[data-context-close]").addEventListener("click", (event) => {
      event.preventDefault();
      this.plain();
    });
  }

  press(event) {
    if (event.isComposing || event.defaultPrevented) return;
    const { key } = event;
    if (key === "Enter" && !event.shiftKey && !matchMedia("(pointer: coarse)").matches) {
      event.preventDefault();
      this.submit();
    } else if (key === "Escape" && (this.answers || this.edits)) {
      event.preventDefault();
      this.plain();
    } else if (key === "ArrowUp" && !this.field.value && !this.edits) {
      const last = [...this.conversation.timeline.rows.values()].filter((row) => row.own && row.querySelector(".txt:not(.gone)")).at(-1);
      if (last) {
        event.preventDefault();
        this.edit(last);
      }
    }
  }

  typed() {
    clearTimeout(this.draftTimer);
    this.draftTimer = setTimeout(() => this.remember(), DRAFT_MS);
    if (this.field.value.trim() && !this.edits) this.conversation.typing.tell();
  }

  /** What is typed and not sent outlives the page. */
  remember() {
    try {
      if (this.field.value && !this.edits) localStorage.setItem(this.key, this.field.value);
      else localStorage.removeItem(this.key);
    } catch {
      // A forbidden storage: then it lives as long as the page.
    }
  }

  recall() {
    try {
      this.field.value ||= localStorage.getItem(this.key) ?? "";
    } catch {
      // As above.
    }
  }

  submit() {
    if (this.field.readOnly) return;
    const text = this.field.value.trim();
    if (this.edits) return this.save(text);
    if (this.tray.isBusy) return this.tray.wait(() => this.submit());
    const files = this.tray.take();
    if (!text && !files.length) return;
    this.conversation.say({ text, reply: this.answers ?? null, files });
    this.field.value = "";
    clearTimeout(this.draftTimer);
    this.remember();
    this.plain();
  }

  // --- answering and editing ----------------------------------------------------------------------------------------

  answer(row) {
    this.plain();
    const name = row.querySelector(".n b").textContent;
    const said = row.querySelector(".txt")?.textContent.trim() ?? word("attachment");
    this.answers = { id: row.dataset.m, number: Number(row.dataset.n), name, text: said.slice(0, 120) };
    this.say(word("answering", { name }), said);
  }

  async edit(row) {
    const place = row.querySelector(".txt");
    if (!place) return;
    this.plain();
    const id = this.edits = row.dataset.m;
    this.before = this.field.value;
    this.say(word("editing"), place.textContent.trim());
    this.field.readOnly = true; // what is typed before the words are there would be written over
    const words = await this.source(row, place);
    this.field.readOnly = false;
    if (this.edits !== id) return;
    this.field.value = words;
    this.field.setSelectionRange(words.length, words.length);
  }

  /** What was typed, with its marks: the page has only how it looks. */
  async source(row, place) {
    if (!place.querySelector("strong, em, s, code, blockquote, a")) return place.innerText.trim();
    const answer = await get(`/m/${row.dataset.m}/`).catch(() => null);
    const page = new DOMParser().parseFromString(answer?.html ?? "", "text/html");
    return page.getElementById("edit-text")?.value ?? place.innerText.trim();
  }

  say(who, text) {
    this.context.querySelector("[data-context-who]").textContent = who;
    this.context.querySelector("[data-context-text]").textContent = text.slice(0, 160);
    this.context.hidden = false;
    this.field.focus();
  }

  plain() {
    if (this.edits) this.field.value = this.before ?? "";
    this.edits = this.answers = this.before = undefined;
    this.form.elements.reply_to.value = "";
    this.context.hidden = true;
  }

  async save(text) {
    const id = this.edits;
    if (!text) return;
    const before = this.context.querySelector("[data-context-text]").textContent;
    this.plain(); // what is typed from now on is another message
    const answer = await post(`/m/${id}/edit/`, { text }).catch(() => null);
    if (answer?.ok) return this.conversation.answered(answer.html);
    toast(answer ? answer.why || word("refused") : word("waiting"), { kind: "error" });
    this.plain();
    this.edits = id;
    this.before = this.field.value;
    this.say(word("editing"), before);
    this.field.value = text;
  }

  // --- what is on its way -------------------------------------------------------------------------------------------

  /** A row of one's own, before the server has seen it. */
  show(entry) {
    const { timeline } = this.conversation;
    const template = document.getElementById("own-message");
    if (!template || timeline.pending.querySelector(`[data-c="${CSS.escape(entry.id)}"]`)) return;
    const row = template.content.firstElementChild.cloneNode(true);
    row.removeAttribute("id");
    row.dataset.c = entry.id;
    row.dataset.m = "";
    row.classList.add("pending");
    const time = row.querySelector("time");
    time.dateTime = new Date(entry.at).toISOString();
    stamp(time);
    const place = row.querySelector(".txt");
    place.innerText = entry.text;
    if (entry.reply) place.before(quote(entry.reply));
    const note = document.createElement("div");
    note.className = "outst";
    place.after(note);
    timeline.wait(row);
    if (entry.why || !navigator.onLine) this.state(entry, {});
  }

  /** How it stands with a message that has not arrived. */
  state(entry, { seconds = 0 }) {
    const row = this.conversation.timeline.pending.querySelector(`[data-c="${CSS.escape(entry.id)}"]`);
    if (!row) return;
    row.classList.toggle("refused", Boolean(entry.why));
    const note = row.querySelector(".outst");
    note.textContent = entry.why || (seconds ? word("waits", { n: seconds }) : word("waiting"));
    if (!entry.why) return;
    note.append(
      button(word("again"), () => { row.classList.remove("refused"); note.textContent = word("sending"); retry(entry.id); }),
      button(word("rewrite"), () => { discard(entry.id); row.remove(); this.field.value = entry.text; this.field.focus(); }),
      button(word("discard"), () => { discard(entry.id); row.remove(); }),
    );
  }

  /** Another tab sends as well: what it has sent waits here no more. */
  compare() {
    const { timeline, channel } = this.conversation;
    const entries = waiting(channel);
    const ids = new Set(entries.map((entry) => entry.id));
    for (const row of timeline.pending.querySelectorAll(".msg")) if (!ids.has(row.dataset.c)) row.remove();
    for (const entry of entries) this.show(entry);
  }
}

function quote({ name, text }) {
  const line = document.createElement("div");
  line.className = "rq";
  const who = Object.assign(document.createElement("b"), { textContent: name });
  const said = Object.assign(document.createElement("span"), { className: "cut", textContent: text });
  line.append(who, said);
  return line;
}

function button(label, run) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: label });
  made.addEventListener("click", run);
  return made;
}
