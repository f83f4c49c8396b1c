// The texts of planet/web/texts.py, in the language of the page.
const texts = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");

/** The text of a key, with {name} places filled in. */
export function text(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

export const lang = document.documentElement.lang || "en";
