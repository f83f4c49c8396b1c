// The texts of groups/chat_texts.py, in the language of the page.
const words = JSON.parse(document.getElementById("chat-texts")?.textContent ?? "{}");

/** The text of a key, with {name} places filled in. */
export function word(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

export const lang = document.documentElement.lang || "en";
