/** Counts, durations, sizes and times of day as people read them. A value that is not known is a dash. */

import { language } from "./i18n.js";
import { NONE, cached, number } from "./intl.js";

const unitFormat = cached(
  (locale, unit) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "narrow" }),
);
const fullUnitFormat = cached((locale, unit) => {
  // In Chinese the long names of units are those of spoken language.
  const unitDisplay = locale === "zh" ? "short" : "long";
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay });
});
const timeFormat = cached((locale) => new Intl.DateTimeFormat(locale, { timeStyle: "medium", hourCycle: "h23" }));

/** A count or a rate: fractions below ten have one digit. */
export function count(value) {
  return number(value, value > 0 && value < 10 && value % 1 !== 0 ? 1 : 0);
}

/** Milliseconds as a short duration. */
export function duration(millis) {
  if (!Number.isFinite(millis)) {
    return NONE;
  }
  if (millis < 1000) {
    const digits = millis < 10 && millis % 1 !== 0 ? 1 : 0;
    return `${number(millis, digits)} ms`;
  }
  const seconds = millis / 1000;
  return `${number(seconds, seconds < 10 && seconds % 1 !== 0 ? 1 : 0)} s`;
}

/** A measured duration: tenths of milliseconds below ten of them, whole ones above. */
export function measured(millis) {
  return Number.isFinite(millis) ? duration(millis < 10 ? Math.round(millis * 10) / 10 : Math.round(millis)) : NONE;
}

/** A duration that was measured in whole milliseconds. */
export function coarse(millis) {
  return Number.isFinite(millis) && millis < 1 ? "< 1 ms" : measured(millis);
}

/** Bytes, as kB or MB if there are many. */
export function bytes(count) {
  if (!Number.isFinite(count)) {
    return NONE;
  }
  if (count < 1000) {
    return `${number(count)} B`;
  }
  const [value, unit] = count < 1e6 ? [count / 1e3, "kB"] : [count / 1e6, "MB"];
  return `${number(value, value < 100 ? 1 : 0)} ${unit}`;
}

/** How many bytes a text in Base64 with padding stands for. */
export function base64Bytes(base64) {
  return (base64.length / 4) * 3 - (base64.match(/=*$/)?.[0].length ?? 0);
}

/** A part of one in per cent. */
export function percent(part) {
  return Number.isFinite(part) ? `${number(part * 100)} %` : NONE;
}

/** A change as a part of one, signed, in per cent. */
export function percentChange(part) {
  if (!Number.isFinite(part)) {
    return NONE;
  }
  const sign = part > 0 ? "+" : part < 0 ? "−" : "";
  return `${sign}${number(Math.abs(part) * 100, 2)} %`;
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** A time span in its two largest units. */
export function timeSpan(seconds) {
  return spanIn(unitFormat, seconds);
}

/** The same as words in a sentence. */
export function spokenTimeSpan(seconds) {
  return spanIn(fullUnitFormat, seconds);
}

function spanIn(format, seconds) {
  if (!Number.isFinite(seconds)) {
    return NONE;
  }
  const first = UNITS.findIndex(([unit, length]) => seconds >= length || unit === "second");
  let rest = seconds;
  const parts = UNITS.slice(first, first + 2).map(([unit, length]) => {
    const whole = Math.floor(rest / length);
    rest -= whole * length;
    return { whole, text: format(language(), unit).format(whole) };
  });
  return parts
    .filter(({ whole }, i) => i === 0 || whole > 0)
    .map(({ text }) => text)
    .join(" ")
    .replaceAll(/(?<=\d)(?=\p{Script=Han})/gu, " ");
}

/** The time of day to the second. */
export function clockTime(millis) {
  return Number.isFinite(millis) ? timeFormat(language()).format(millis) : NONE;
}
