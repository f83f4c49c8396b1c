// Markdown by buttons and keys: what is selected is marked, lines get their sign, Enter goes on with a list. Everything
// goes through the browser's own editing, so that undo takes it back.

const SURROUND = { bold: ["**", "**"], italic: ["*", "*"], code: ["`", "`"] };
const LINES = { heading: "## ", list: "- ", quote: "> " };
const SIGNS = /^(#{1,6} |> |[-*+] |\d{1,3}[.)] )/;
const ITEM = /^(\s*)([-*+] (?:\[[ xX]\] )?|(\d{1,3})([.)]) |> )(.*)$/;
const TABLE = "\n|  |  |\n| --- | ---: |\n|  |  |\n";

/** Put `text` where `start` to `end` was, and select `from` to `to` of it. */
export function put(area, text, start = area.selectionStart, end = area.selectionEnd, from = text.length, to = from) {
  area.focus();
  area.setSelectionRange(start, end);
  const kept = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (!kept) {
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  area.setSelectionRange(start + from, start + to);
}

function surround(area, [before, after]) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const chosen = value.slice(start, end);
  const around = value.slice(start - before.length, start) === before && value.slice(end, end + after.length) === after;
  if (around) put(area, chosen, start - before.length, end + after.length, 0, chosen.length);
  else put(area, before + chosen + after, start, end, before.length, before.length + chosen.length);
}

function code(area) {
  const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
  if (!chosen.includes("\n")) surround(area, SURROUND.code);
  else put(area, `\`\`\`\n${chosen}\n\`\`\``);
}

/** The lines that the selection touches: where they begin and end. */
function lines(area) {
  const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const found = area.value.indexOf("\n", area.selectionEnd);
  return [start, found < 0 ? area.value.length : found];
}

function prefix(area, sign) {
  const [start, end] = lines(area);
  const all = area.value.slice(start, end).split("\n");
  const off = all.every((line) => line.startsWith(sign));
  const changed = all.map((line) => (off ? line.slice(sign.length) : sign + line.replace(SIGNS, ""))).join("\n");
  put(area, changed, start, end, all.length > 1 ? 0 : changed.length, changed.length);
}

function link(area) {
  const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
  if (/^https?:\/\/\S+$/.test(chosen)) put(area, `[](${chosen})`, undefined, undefined, 1);
  else put(area, `[${chosen}](https://)`, undefined, undefined, chosen.length + 3, chosen.length + 11);
}

function footnote(area) {
  const used = [...area.value.matchAll(/\[\^(\d{1,3})\]/g)].map(([, number]) => Number(number));
  const number = Math.max(0, ...used) + 1;
  put(area, `[^${number}]`, area.selectionEnd, area.selectionEnd);
  const gap = area.value.endsWith("\n") ? "" : "\n";
  const note = `${gap}${/\[\^\d+\]: [^\n]*\n*$/.test(area.value) ? "" : "\n"}[^${number}]: `;
  put(area, note, area.value.length, area.value.length);
}

/** Do what a button of the toolbar says. */
export function apply(area, what) {
  if (what === "code") code(area);
  else if (what in SURROUND) surround(area, SURROUND[what]);
  else if (what in LINES) prefix(area, LINES[what]);
  else if (what === "link") link(area);
  else if (what === "footnote") footnote(area);
  else if (what === "table") put(area, TABLE, undefined, undefined, 3);
}

/** Enter in a list begins its next item; in an empty one it ends the list. Whether there was anything to do. */
export function goOn(area) {
  const { selectionStart: at, selectionEnd: end, value } = area;
  if (at !== end) return false;
  const start = value.lastIndexOf("\n", at - 1) + 1;
  const found = ITEM.exec(value.slice(start, at));
  if (!found) return false;
  const [, indent, sign, number, point, rest] = found;
  if (!rest.trim()) put(area, "\n", start, at); // an empty line, so that what follows is not part of it
  else put(area, `\n${indent}${number ? `${Number(number) + 1}${point} ` : sign.replace(/[xX]\]/, " ]")}`);
  return true;
}

/** What a key asks for, or nothing. */
export function asked({ key, code: physical, ctrlKey, metaKey, altKey, shiftKey }) {
  if (!(ctrlKey || metaKey)) return null;
  if (altKey) return physical === "Digit2" ? "heading" : null;
  if (shiftKey) return { Digit8: "list", Digit9: "quote" }[physical] ?? null;
  return { b: "bold", i: "italic", e: "code", k: "link" }[key.toLowerCase()] ?? null;
}
