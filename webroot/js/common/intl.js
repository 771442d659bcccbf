/** Numbers in the language of the page, and a cache of formatters. */

import { language } from "./i18n.js";

/** Stands for a value that is not known. */
export const NONE = "–";

const numberFormat = cached(
  (locale, digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);

/** Returns a function that creates each formatter once. */
export function cached(create) {
  const formatters = new Map();
  return (...options) => {
    const key = options.join(" ");
    if (!formatters.has(key)) {
      formatters.set(key, create(...options));
    }
    return formatters.get(key);
  };
}

/** A number with this many fraction digits. */
export function number(value, digits = 0) {
  return Number.isFinite(value) ? numberFormat(language(), digits).format(value) : NONE;
}
