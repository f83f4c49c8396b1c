// Writing is loaded where somebody can write; until then every form works as without scripts. The buttons that open the
// composer are everywhere.
import { me } from "./send.js";

const FORMS = "form[data-composer], form[data-comment-form], form[data-editor], form[data-schedule]";

function look(root) {
  if (root.querySelector?.(FORMS)) import("./composer.js").then(({ wake }) => wake(root));
}

look(document);
document.addEventListener("htmx:load", ({ detail }) => look(detail.elt.parentElement ?? document));

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
