// Pictures of an article: pasted, dropped or chosen, uploaded one after the other with progress. A line marks the place
// until the picture is there. The cover is one of them.
import { put } from "./editor-format.js";
import { send } from "./send.js";
import { text } from "./texts.js";
import { reason } from "./toast.js";

let last = Promise.resolve();
let number = 0;

async function upload(file, onprogress) {
  const body = new FormData();
  body.append("file", file);
  const answer = await send("/post/pictures/", body, { onprogress });
  if (answer.ok) return JSON.parse(answer.text);
  throw new Error(answer.status === 422 ? JSON.parse(answer.text).error : reason(answer.status));
}

/** One after the other: a slow line shows the first picture soon instead of all of them late. */
function queued(file, onprogress) {
  const mine = last.then(() => upload(file, onprogress));
  last = mine.catch(() => {});
  return mine;
}

// --- in the text ----------------------------------------------------------------------------------------------------

function row(form, name) {
  const item = document.createElement("li");
  const label = document.createElement("span");
  const bar = document.createElement("progress");
  label.className = "cut grow";
  label.textContent = name;
  bar.className = "meter";
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", name);
  item.append(label, bar);
  form.querySelector("[data-uploads]").append(item);
  return { item, label, bar };
}

/** Replace the line that marks a place; the writer may have moved or deleted it meanwhile. */
function settle(area, mark, line) {
  const at = area.value.indexOf(mark);
  if (at < 0) return;
  const { selectionStart, selectionEnd, scrollTop } = area;
  const focused = document.activeElement;
  const shift = (place) => (place > at ? Math.max(at, place + line.length - mark.length) : place);
  put(area, line, at, at + mark.length);
  area.setSelectionRange(shift(selectionStart), shift(selectionEnd));
  area.scrollTop = scrollTop;
  if (focused !== area) focused?.focus();
}

async function add(area, file) {
  const name = file.name.replace(/[[\]()!\\\n]/g, " ").trim().slice(0, 60);
  const mark = `![${area.dataset.uploading} ${(number += 1)}: ${name}…]()`;
  // A line right below words belongs to their paragraph, or to the footnote that stands there.
  const above = area.value.slice(0, area.selectionStart);
  const before = !above || above.endsWith("\n\n") ? "" : above.endsWith("\n") ? "\n" : "\n\n";
  put(area, `${before}${mark}\n\n`);
  const { item, label, bar } = row(area.form, name);
  const attempt = async () => {
    try {
      const { key } = await queued(file, (part) => { bar.value = part; });
      settle(area, mark, `![](${key})`);
      item.remove();
    } catch (error) {
      bar.hidden = true;
      label.textContent = `${name}: ${error.message}`;
      item.classList.add("failed");
      retry(item, () => {
        item.classList.remove("failed");
        bar.hidden = false;
        bar.value = 0;
        label.textContent = name;
        return attempt();
      }, () => settle(area, mark, ""));
    }
  };
  await attempt();
}

function retry(item, again, forget) {
  const buttons = [[text("retry"), again], [text("cancel"), () => { forget(); item.remove(); }]];
  const made = buttons.map(([name, act]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = name;
    button.addEventListener("click", () => { for (const one of made) one.remove(); act(); });
    return button;
  });
  item.append(...made);
}

/** Upload pictures into the text, where the cursor is. */
export function addAll(area, files) {
  for (const file of [...files].filter(({ type }) => type.startsWith("image/"))) add(area, file);
}

// --- the cover ------------------------------------------------------------------------------------------------------

/** Show the cover that the form names, or that there is none. */
export function showCover(form, url = null) {
  const { value } = form.querySelector("[data-cover-key]");
  const picture = form.querySelector("[data-cover-picture]");
  if (value) picture.src = url ?? `/media/${value}/480.webp`;
  else picture.removeAttribute("src");
  form.querySelector("[data-cover-shown]").hidden = !value;
  form.querySelector("[data-cover-words]").hidden = !value;
}

function setCover(form, key, url) {
  const input = form.querySelector("[data-cover-key]");
  input.value = key;
  showCover(form, url);
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** Upload the picture on top of the article. */
export async function cover(form, file) {
  const bar = form.querySelector("[data-cover-progress]");
  bar.hidden = false;
  bar.value = 0;
  try {
    const { key, url } = await queued(file, (part) => { bar.value = part; });
    setCover(form, key, url);
  } catch (error) {
    const { item, label, bar: none } = row(form, file.name);
    none.remove();
    label.textContent = `${file.name}: ${error.message}`;
    item.classList.add("failed");
    setTimeout(() => item.remove(), 8000);
  } finally {
    bar.hidden = true;
  }
}

/** Take the cover away. */
export const removeCover = (form) => setCover(form, "", null);
