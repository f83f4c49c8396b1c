// Dialogs. Fragments that htmx puts into #dialog open it; data-confirm and hx-confirm ask before a destructive act.
import { text } from "./texts.js";

const dialog = document.getElementById("dialog");

/** Ask; resolves to true only if the person said yes. The button is red unless `look` says otherwise. */
export function ask(question, yes = text("confirm"), look = "bad") {
  const box = document.createElement("dialog");
  box.className = "dialog ask";
  const words = document.createElement("p");
  words.id = "ask-text";
  words.textContent = question || text("sure");
  box.setAttribute("aria-labelledby", words.id);
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "ask-b";
  for (const [label, value, className] of [
    [text("cancel"), "no", "btn"],
    [yes, "yes", `btn ${look}`],
  ]) {
    const button = document.createElement("button");
    button.value = value;
    button.className = className;
    button.textContent = label;
    form.append(button);
  }
  box.append(words, form);
  document.body.append(box);
  box.showModal();
  return new Promise((resolve) => {
    box.addEventListener("close", () => {
      box.remove();
      resolve(box.returnValue === "yes");
    });
  });
}

document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  ask(event.detail.question, event.detail.elt.dataset.yes).then((sure) => sure && event.detail.issueRequest(true));
});

// Plain forms and their buttons: <form data-confirm="…"> or <button data-confirm="…">.
const sure = new WeakSet();
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const { confirm: asked, yes, look } = { ...form.dataset, ...event.submitter?.dataset };
    if (!asked || sure.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(asked, yes, look).then((said) => {
      if (!said) return;
      sure.add(form);
      form.requestSubmit(event.submitter);
    });
  },
  true,
);

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === dialog && dialog.childElementCount && !dialog.open) dialog.showModal();
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, xhr } = event.detail;
  // A form in the dialog that was accepted without a new fragment is done.
  if (dialog?.open && successful && dialog.contains(elt) && elt.matches("form") && xhr.status === 204) dialog.close();
});
dialog?.addEventListener("close", () => dialog.replaceChildren());

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
  const closer = event.target.closest("dialog [data-close-dialog]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
  // A click on the backdrop lands on the dialog itself.
  if (event.target instanceof HTMLDialogElement && !event.target.dataset.modal) event.target.close();
});
