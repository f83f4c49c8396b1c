// The entry of the groups' pages.
import { Conversation, of } from "./conversation.js";
import "./acts.js";
import "./frame.js";
import "./list.js";
import { pump } from "./outbox.js";
import "./panel.js";
import "./polls.js";
import "./presence.js";
import "./travel.js";

for (const root of document.querySelectorAll(".conv [data-conversation]")) new Conversation(root);
pump();

// An emoji goes where the caret was.
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-insert]");
  const field = button && of(button)?.writing.field;
  if (!field) return;
  field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  button.closest("[popover]").hidePopover();
  field.focus();
});

// The picture leads where the name does: a link for those who see it is enough for those who do not.
document.addEventListener("click", ({ target }) => target.closest?.(".msg > .av")?.closest(".msg").querySelector(".n")?.click());

// Words typed anywhere else than into a field go into the composer.
document.addEventListener("paste", (event) => {
  if (event.target.closest?.("input, textarea, [contenteditable]")) return;
  document.querySelector(".conv [data-send] textarea")?.focus();
});

document.addEventListener("planet:denied", ({ detail: { topic } }) => {
  for (const root of document.querySelectorAll("[data-conversation]")) {
    if (topic === `channel:${root.dataset.conversation}`) of(root)?.lost();
  }
});
