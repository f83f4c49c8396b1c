// Writing is loaded where somebody can write; until then every form works as without scripts. The buttons that open the
// composer are everywhere.
import { me } from "./send.js";

const FORMS = "form[data-composer], form[data-comment-form], form[data-editor], form[data-schedule]";

function look(root) {
  if (root.querySelector?.(FORMS)) import("./composer.js").then(({ wake }) => wake(root));
}

look(document);
document.addEventListener("htmx:load", ({ detail }) => look(detail.elt.parentElement ?? document));

// Control and Enter sends, as the button does: here, because whoever writes fast may press it before writing is loaded.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-composer], form[data-comment-form]");
  if (!form || event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
  if (event.metaKey || event.ctrlKey) {
    event.preventDefault();
    form.requestSubmit(form.querySelector(".tools .btn.pri"));
  } else if (event.target.matches("input")) event.preventDefault(); // Enter in a description publishes nothing
});

// Post buttons and "Quote": the composer on this page where there is one, else in a dialog.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href="/post/"], a[data-compose]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const inline = link.matches("[data-compose]") ? null : document.querySelector("main form[data-composer]");
  if (inline?.offsetParent) {
    inline.elements.text.focus();
    scrollTo({ top: 0 });
  } else if (me) window.htmx.ajax("GET", link.href, { target: "#dialog", swap: "innerHTML" });
  else location.assign(link.href);
});
