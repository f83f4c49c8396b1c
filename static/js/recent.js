// What was searched before, which stays in this browser.
import { me } from "./send.js";

const MOST = 8;
const KEY = `planet:searches:${me}`;

/** What was searched, the newest first. */
export function recent() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(found) ? found.filter((one) => typeof one === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function write(searches) {
  try {
    if (searches.length) localStorage.setItem(KEY, JSON.stringify(searches));
    else localStorage.removeItem(KEY);
  } catch {
    // A full or forbidden storage remembers nothing.
  }
}

/** A search was made: the newest first. */
export function remember(search) {
  const said = search.trim().slice(0, 200);
  if (said) write([said, ...recent().filter((one) => one !== said)].slice(0, MOST));
}

/** Nothing was searched. */
export const forgetAll = () => write([]);

/** Where the answers to `search` stand. */
export const href = (search) => `/search/?q=${encodeURIComponent(search)}`;
