// What is on the page listens for itself: an element with data-topic (several by spaces) is subscribed while it is in the
// document, an article (a card) only while it is near the viewport. Each behaviour applies its own `planet:event`s.
import { subscribe, unsubscribe } from "./socket.js";
import { text } from "./texts.js";

const BOUND = "[data-topic]";
const QUIET_SECONDS = 3;

const rendered = new WeakMap(); // element → when the server rendered it, in milliseconds
const listening = new WeakMap(); // element → the topics it is subscribed to

let answered; // when the server rendered what htmx inserts next

function enter(element) {
  if (listening.has(element)) return;
  const topics = element.dataset.topic.split(/\s+/).filter(Boolean);
  listening.set(element, topics);
  topics.forEach((topic) => subscribe(topic, rendered.get(element)));
}

function leave(element) {
  listening.get(element)?.forEach(unsubscribe);
  listening.delete(element);
}

const near = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) (isIntersecting ? enter : leave)(target);
}, { rootMargin: "600px 0px" });

function bound(node) {
  if (!(node instanceof Element)) return [];
  return [...(node.matches(BOUND) ? [node] : []), ...node.querySelectorAll(BOUND)];
}

function added(element) {
  rendered.set(element, answered);
  if (element.matches("article")) near.observe(element);
  else enter(element);
}

function removed(element) {
  if (element.isConnected) return; // only moved
  near.unobserve(element);
  leave(element);
}

new MutationObserver((changes) => {
  for (const { addedNodes, removedNodes } of changes) {
    for (const node of removedNodes) bound(node).forEach(removed);
    for (const node of addedNodes) if (node.isConnected) bound(node).forEach(added);
  }
}).observe(document.documentElement, { childList: true, subtree: true });

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const date = Date.parse(detail.xhr.getResponseHeader("Date") ?? "");
  answered = date ? date - 2000 : undefined;
});

// A line says so when the connection stays away; short interruptions are nobody's business.
let quiet;
new MutationObserver(() => {
  const line = document.querySelector("[data-offline]");
  if (!line) return;
  if (document.documentElement.dataset.live === "off") {
    quiet ??= setTimeout(() => { line.textContent = text("reconnecting"); }, QUIET_SECONDS * 1000);
  } else {
    clearTimeout(quiet);
    quiet = undefined;
    line.textContent = "";
  }
}).observe(document.documentElement, { attributeFilter: ["data-live"] });

bound(document.documentElement).forEach(added);
