// Comments: replies where they belong, new ones as they come, and the catch-up after a lost connection.
import { compact } from "./format.js";
import { explain, insert, me, parse, send } from "./send.js";
import { show } from "./toast.js";

const SPREAD = 1_000; // a busy post must not bring all its readers at once

const section = () => document.querySelector("[data-comments]");
const find = (id) => document.querySelector(`[data-comment="${CSS.escape(id)}"]`);

/** What came over the socket is in the server's language and nobody's in particular: make it the reader's. */
function adopt(comment) {
  const texts = section().querySelector("template[data-comment-texts]").content;
  for (const place of comment.querySelectorAll("[data-text]")) {
    place.textContent = texts.querySelector(`[data-text="${place.dataset.text}"]`)?.textContent ?? place.textContent;
  }
  for (const mine of comment.querySelectorAll("[data-may]")) {
    mine.hidden = !me || !mine.dataset.may.split(" ").includes(me);
    if (mine.matches("[hx-confirm]")) {
      mine.setAttribute("hx-confirm", texts.querySelector('[data-text="sure"]').textContent);
    }
  }
  if (comment.dataset.author === me) comment.querySelector("details.low")?.setAttribute("open", "");
  for (const others of comment.querySelectorAll("[data-not]")) others.hidden = !me || others.dataset.not === me;
  return comment;
}

function place(html, isMine = false) {
  const [comment] = parse(html);
  const { comment: id, root, author } = comment.dataset;
  const here = section();
  if (!here || find(id)) return;
  adopt(comment);
  if (root) {
    const replies = find(root)?.querySelector("[data-replies]");
    // Behind "show more" it would stand out of order; one's own is shown all the same.
    if (!replies || (replies.querySelector(".morep[hx-get]") && !isMine && author !== me)) return;
    insert([comment], replies);
  } else if (!("one" in here.dataset)) {
    insert([comment], here.querySelector("[data-threads]"), "prepend");
  }
  here.querySelector("[data-no-comments]").hidden = true;
}

function remove(id) {
  const comment = find(id);
  if (!comment) return;
  if (!comment.querySelector("[data-comment]")) {
    comment.remove();
    return;
  }
  // Replies stay; what they answered says that it is gone.
  const gone = document.createElement("p");
  gone.className = "t13 muted";
  gone.textContent = section().querySelector("template[data-comment-texts]").content
    .querySelector('[data-text="removed"]').textContent;
  comment.querySelector(":scope > div:not(.replies)").replaceChildren(gone);
}

document.addEventListener("planet:event", ({ detail: { topic, kind, data, html } }) => {
  const here = section();
  if (!here || topic !== `post:${here.dataset.comments}`) return;
  if (kind === "comment") "chosen" in here.dataset ? choose(data.id) : place(html);
  else if (kind === "comment_removed" || kind === "comment_hidden") remove(data.id);
  else if (kind === "comment_liked") likes(find(data.id), data.likes);
});

document.addEventListener("planet:sent", ({ target: form, detail: { html } }) => {
  if (!form.matches("[data-comment-form]")) return;
  place(html, true);
  answerNobody(form);
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (successful && elt.matches("[data-delete-comment]")) remove(elt.closest("[data-comment]").dataset.comment);
});

// --- likes --------------------------------------------------------------------------------------------------------

const sending = new Map(); // comment → whether the reader wants to like it, while an answer is awaited

function likes(comment, number) {
  const place = comment?.querySelector(":scope > div:not(.replies) [data-likes]");
  if (!place) return;
  place.dataset.likes = number;
  place.textContent = number > 0 ? compact(number) : "";
}

function press(comment, on) {
  const button = comment.querySelector(":scope > div:not(.replies) [data-like-comment]");
  if ((button.getAttribute("aria-pressed") === "true") === on) return;
  button.setAttribute("aria-pressed", String(on));
  likes(comment, Math.max(0, Number(button.querySelector("[data-likes]").dataset.likes) + (on ? 1 : -1)));
}

// Shown at once, corrected by the answer; pressed again before it, the last press counts.
async function like(comment, url, on) {
  press(comment, on);
  const id = comment.dataset.comment;
  const isWaiting = sending.has(id);
  sending.set(id, on);
  if (isWaiting) return;
  const body = new FormData();
  body.set("on", on ? "1" : "0");
  let answer = null;
  try {
    answer = await send(url, body);
  } catch (error) {
    show(error.message, { kind: "error" });
  }
  const wanted = sending.get(id);
  sending.delete(id);
  if (!answer?.ok) {
    press(comment, !on);
    if (answer) explain(answer);
  } else if (wanted !== on) like(comment, url, wanted);
  else likes(comment, JSON.parse(answer.text).likes);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-like-comment]");
  // A guest's press goes to the sign-in page the plain way.
  if (!button || !me || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  like(button.closest("[data-comment]"), button.href, button.getAttribute("aria-pressed") !== "true");
});
// It is a button by its role: the space bar presses it.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches?.("[data-like-comment]")) return;
  event.preventDefault();
  event.target.click();
});

// What the post's author moved is elsewhere now.
document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (successful && elt.matches("[data-hide-comment], [data-pin-comment]")) location.reload();
});

// --- replying ---------------------------------------------------------------------------------------------------

const home = document.createComment("the comment form");

function answer(form, comment, handle) {
  if (!home.isConnected) form.before(home);
  form.elements.parent.value = comment.dataset.comment;
  form.querySelector("[data-answered]").textContent = `@${handle}`;
  form.querySelector("[data-answering]").hidden = false;
  comment.querySelector(":scope > div:not(.replies)").append(form);
  form.elements.text.focus();
}

function answerNobody(form) {
  form.elements.parent.value = "";
  form.querySelector("[data-answering]").hidden = true;
  if (home.isConnected) home.replaceWith(form);
}

document.addEventListener("click", (event) => {
  const form = document.querySelector("[data-comment-form]");
  const reply = event.target.closest?.("[data-reply]");
  if (!form || event.metaKey || event.ctrlKey) return;
  if (reply) answer(form, reply.closest("[data-comment]"), reply.dataset.reply);
  else if (event.target.closest?.("[data-not-answering]")) answerNobody(form);
  else return;
  event.preventDefault();
});

// --- catching up ------------------------------------------------------------------------------------------------

// What comes over the socket is for everybody. A reader who blocked or muted somebody, or was blocked (data-chosen), asks
// the server for what may be shown: from the moment of the first comment that came, for several at once.
let moment = "";

function choose(id) {
  if (moment) return;
  moment = `${id.slice(0, 13)}-0000-0000-000000000000`;
  setTimeout(() => {
    const since = moment;
    moment = "";
    catchUp(since).catch(() => {});
  }, Math.random() * SPREAD);
}

async function catchUp(since = "") {
  const here = section();
  if (!here) return;
  const known = [...here.querySelectorAll("[data-comment]")].map((comment) => comment.dataset.comment).sort();
  const query = new URLSearchParams({ since: since || (known.at(-1) ?? ""), ids: known.slice(-200).join(",") });
  const answered = await fetch(`/p/${here.dataset.comments}/comments/new/?${query}`);
  if (!answered.ok) return;
  const { comments, gone } = await answered.json();
  gone.forEach(remove);
  for (const { html } of comments) place(html);
}

document.addEventListener("planet:resumed", () => catchUp().catch(() => {}));
addEventListener("pageshow", ({ persisted }) => persisted && catchUp().catch(() => {}));

// More replies were loaded: one that had come over the socket before is there twice.
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (!elt.matches?.("[data-comment]")) return;
  const same = document.querySelectorAll(`[data-comment="${CSS.escape(elt.dataset.comment)}"]`);
  if (same.length > 1) [...same].find((one) => one !== elt).remove();
});
