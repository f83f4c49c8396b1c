// What is typed, kept in this browser until the server has it: a crash, a closed tab, a lost connection lose nothing.
const PREFIX = "planet:draft:";

/** Keep a copy (anything JSON) under a name; a full or forbidden storage is no reason to stop anybody from typing. */
export function keep(name, copy) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(copy));
    return true;
  } catch {
    return false;
  }
}

export function drop(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // Nothing was kept there either.
  }
}

/** The copy of this name; null when there is none that can be read. */
export function find(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

/** The names of all copies that begin so. */
export function names(beginning) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + beginning)).map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
  }
}

/** An identifier of our own making: a random UUID, also where the page has no secure context. */
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
