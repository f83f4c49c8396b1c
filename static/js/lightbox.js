// Pictures of a post, large: <a data-lightbox href="…full"><img alt="…"></a>, one .media a group. Without scripts the
// link opens the picture.
import { text } from "./texts.js";

let box;
let group = [];
let at = 0;

function build() {
  box = document.createElement("dialog");
  box.className = "lightbox";
  box.append(document.createElement("img"), document.createElement("p"));
  for (const [go, sign, label] of [["-1", "‹", "previous"], ["1", "›", "next"], ["close", "×", "close"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.go = go;
    button.textContent = sign;
    button.setAttribute("aria-label", text(label));
    box.append(button);
  }
  box.addEventListener("click", (event) => {
    const go = event.target.dataset.go;
    if (go === "close" || event.target === box) box.close();
    else if (go) show(at + Number(go));
  });
  box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) show(at + step);
  });
  document.body.append(box);
}

function show(index) {
  at = (index + group.length) % group.length;
  const link = group[at];
  const alt = link.querySelector("img")?.alt ?? "";
  const [picture, words] = box.children;
  picture.src = link.href;
  picture.alt = alt;
  words.textContent = alt;
  box.setAttribute("aria-label", alt || text("picture"));
  for (const button of box.querySelectorAll('[data-go="1"], [data-go="-1"]')) button.hidden = group.length < 2;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-lightbox]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (!box) build();
  group = [...(link.closest(".media") ?? link.parentElement).querySelectorAll("a[data-lightbox]")];
  show(group.indexOf(link));
  box.showModal();
});
