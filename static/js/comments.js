// Comments: replies where they belong, new ones as they come, and the catch-up after a lost connection.
import { insert, me, parse } from "./send.js";

const SPREAD = 1_000; // a busy post must not bring all its readers at once

const section = () => document.querySelector("[data-comments]");
const find = (id) => document.querySelector(`[data-comment="${CSS.escape(id)}"]`);

/** What came over the socket is in the server's language and nobody's in particular: make it the reader's. */
function adopt(comment) {
  const texts = section().querySelector("template[data-comment-texts]").content;
  for (const place of comment.querySelectorAll("[data-text]")) {
    place.textContent = texts.querySelector(`[data-text="${place.dataset.text}"]`)?.textContent ?? place.textContent;
  }
  const mine = comment.querySelector("[data-may]");
  if (mine) {
    mine.hidden = !me || !mine.dataset.may.split(" ").includes(me);
    mine.setAttribute("hx-confirm", texts.querySelector('[data-text="sure"]').textContent);
  }
  const others = comment.querySelector("[data-not]");
  if (others) others.hidden = !me || others.dataset.not === me;
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
  else if (kind === "comment_removed") remove(data.id);
});

document.addEventListener("planet:sent", ({ target: form, detail: { html } }) => {
  if (!form.matches("[data-comment-form]")) return;
  place(html, true);
  answerNobody(form);
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (successful && elt.matches("[data-delete-comment]")) remove(elt.closest("[data-comment]").dataset.comment);
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
