/** Figures as people read them, in the language that is spoken. */

import { spoken } from "../common/i18n.js";
import { bytes, duration, number } from "../common/format.js";

export const NONE = "–";

/** A count, or how many a second: small parts of one are shown. */
export function count(value) {
  return value === null ? NONE : number(spoken(), value, value > 0 && value < 10 && value % 1 !== 0 ? 1 : 0);
}

export function size(value) {
  return value === null ? NONE : bytes(spoken(), value);
}

/** A time; what is measured in whole milliseconds is not told more exactly. */
export function time(value) {
  return value === null ? NONE : value < 1 ? "< 1 ms" : duration(spoken(), rough(value));
}

/** A time that is measured in parts of a millisecond. */
export function shortTime(value) {
  return value === null ? NONE : duration(spoken(), rough(value));
}

function rough(millis) {
  return millis < 10 ? Math.round(millis * 10) / 10 : Math.round(millis);
}

export function part(value) {
  return value === null ? NONE : `${number(spoken(), value * 100)} %`;
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** A length of time in its two largest units. */
export function long(seconds) {
  const first = UNITS.findIndex(([unit, length]) => seconds >= length || unit === "second");
  let rest = seconds;
  const parts = UNITS.slice(first, first + 2).map(([unit, length]) => {
    const whole = Math.floor(rest / length);
    rest -= whole * length;
    const written = new Intl.NumberFormat(spoken(), { style: "unit", unit, unitDisplay: "narrow" }).format(whole);
    return { whole, written };
  });
  return parts.filter(({ whole }, i) => i === 0 || whole > 0).map(({ written }) => written).join(" ");
}

/** A time of day. */
export function clockTime(millis) {
  return new Intl.DateTimeFormat(spoken(), { timeStyle: "medium" }).format(millis);
}
