// How figures are written; mirrors planet/web/numbers.py.
import { lang } from "./texts.js";

const STEPS = lang.startsWith("zh") ? [[1e8, "亿"], [1e4, "万"]] : [[1e9, "B"], [1e6, "M"], [1e3, "K"]];

/** 1284 → 1.3K, 388204 → 388K. */
export function compact(value) {
  for (const [index, [size, unit]] of STEPS.entries()) {
    // What rounds up to the next unit belongs to it.
    const lower = STEPS[index + 1]?.[0] ?? 0;
    if (value >= size - Math.floor(lower / 2)) {
      const short = value / size;
      return (short >= 100 ? short.toFixed(0) : short.toFixed(1).replace(/\.0$/, "")) + unit;
    }
  }
  return String(value);
}
