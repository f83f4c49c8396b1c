// @people, #topics and $assets in every text: what is being typed is suggested, and put in when chosen.
import { Options, ask, forget } from "./options.js";

const FIELDS = "form textarea";
const UNSPACED = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}";
// As posts/text/tokens.py reads it: a sign that no word stands before, except one that is written without spaces.
const TOKEN = new RegExp(`(?:^|[^\\p{L}\\p{M}\\p{N}_@#$&/]|[${UNSPACED}])([@＠#＃$＄][\\p{L}\\p{M}\\p{N}_]{1,40})$`, "u");
const COPIED = [
  "font", "letterSpacing", "lineHeight", "textIndent", "textTransform", "wordSpacing", "padding", "border", "boxSizing", "tabSize",
];
const lists = new WeakMap();

/** What is being typed before the caret, with its sign; "" when it is no beginning of anything. */
function typed(field) {
  if (field.selectionStart !== field.selectionEnd) return "";
  return TOKEN.exec(field.value.slice(Math.max(0, field.selectionStart - 60), field.selectionStart))?.[1] ?? "";
}

/** Where on the screen the beginning of the word stands: measured in a copy of the field that nobody sees. */
function placeOf(field, at) {
  const copy = document.createElement("div");
  const style = getComputedStyle(field);
  for (const name of COPIED) copy.style[name] = style[name];
  Object.assign(copy.style, {
    position: "fixed", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "break-word",
    width: `${field.offsetWidth}px`, top: "0", left: "0",
  });
  copy.textContent = field.value.slice(0, at);
  const mark = document.createElement("span");
  mark.textContent = "\u200b";
  copy.append(mark);
  document.body.append(copy);
  const { left, top, bottom } = mark.getBoundingClientRect();
  copy.remove();
  const box = field.getBoundingClientRect();
  const down = box.top - field.scrollTop;
  const inside = (y) => Math.min(Math.max(y + down, box.top), box.bottom);
  return { left: box.left + left, top: inside(top), bottom: inside(bottom), width: 0 };
}

function put(field, option) {
  const token = typed(field);
  if (!token) return;
  const end = field.selectionStart;
  // A word in an unspaced script may follow; anything else gets a space to go on after.
  const after = /^\s/.test(field.value.slice(end)) ? "" : " ";
  field.setRangeText(`${option.dataset.insert}${after}`, end - token.length, end, "end");
  if (!after) field.setSelectionRange(field.selectionEnd + 1, field.selectionEnd + 1);
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText" }));
}

function listOf(field) {
  if (!lists.has(field)) {
    lists.set(field, new Options(field, {
      isEager: true,
      choose: (option) => put(field, option),
      place: () => placeOf(field, field.selectionStart - typed(field).length),
    }));
  }
  return lists.get(field);
}

async function suggest(field) {
  const token = typed(field);
  if (!token) {
    forget();
    lists.get(field)?.close();
    return;
  }
  const html = await ask(token.toLowerCase());
  if (html === null || typed(field) !== token || document.activeElement !== field) return;
  const list = listOf(field);
  list.show(html);
  // What is typed out already needs no suggestion.
  const { items } = list;
  if (items.length === 1 && items[0].dataset.insert.toLowerCase() === token.toLowerCase()) list.close();
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches?.(FIELDS) || field.matches("[data-plain-text]")) return;
  if (event.inputType !== "insertReplacementText") suggest(field);
});
document.addEventListener("compositionend", ({ target }) => target.matches?.(FIELDS) && suggest(target));
document.addEventListener(
  "keydown",
  (event) => {
    if (!lists.get(event.target)?.press(event)) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true, // before what else listens to Enter and Escape
);
document.addEventListener("focusout", ({ target }) => lists.get(target)?.close());
// The caret was put elsewhere, or the page moved under it.
document.addEventListener("pointerdown", ({ target }) => lists.get(target)?.close());
addEventListener("scroll", () => lists.get(document.activeElement)?.close(), { capture: true, passive: true });

// The sign that had this module loaded was typed before it could listen.
if (document.activeElement?.matches?.(FIELDS)) suggest(document.activeElement);
