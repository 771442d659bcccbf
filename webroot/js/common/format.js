/** How numbers are written in a language. */

const writers = new Map();

function writer(language, digits) {
  const key = `${language}${digits}`;
  if (!writers.has(key)) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    writers.set(key, new Intl.NumberFormat(language, options));
  }
  return writers.get(key);
}

/** A number with so many digits behind the point. */
export function number(language, value, digits = 0) {
  return writer(language, digits).format(value);
}

/** Milliseconds as a length of time, short. */
export function duration(language, millis) {
  if (millis < 1000) {
    const digits = millis < 10 && millis % 1 !== 0 ? 1 : 0;
    return `${number(language, millis, digits)} ms`;
  }
  const seconds = millis / 1000;
  return `${number(language, seconds, seconds < 10 && seconds % 1 !== 0 ? 1 : 0)} s`;
}

/** Bytes, in thousands of them where there are many. */
export function bytes(language, count) {
  if (count < 1000) {
    return `${number(language, count)} B`;
  }
  const [value, unit] = count < 1e6 ? [count / 1e3, "kB"] : [count / 1e6, "MB"];
  return `${number(language, value, value < 100 ? 1 : 0)} ${unit}`;
}

/** A part of one, signed, in per cent. */
export function change(language, part) {
  const sign = part > 0 ? "+" : part < 0 ? "−" : "";
  return `${sign}${number(language, Math.abs(part) * 100, 2)} %`;
}
