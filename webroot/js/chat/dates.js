/** Dates and times of messages as people read them. */

import { language } from "../common/i18n.js";
import { cached } from "../common/intl.js";

const dateLocale = () => (language() === "zh" ? "zh-CN" : "en-GB");
const minuteFormat = cached(
  (locale) => new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
);
const fullFormat = cached((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "medium", hourCycle: "h23" }));
const dayFormat = cached(
  (locale) => new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" }),
);

/** `10:02` */
export function minuteOfDay(millis) {
  return minuteFormat(dateLocale()).format(millis);
}

/** The date, and the time to the second. */
export function dateAndTime(millis) {
  return fullFormat(dateLocale()).format(millis);
}

/** The day of the week, of the month, and the month. */
export function dayOfYear(millis) {
  return dayFormat(dateLocale()).format(millis);
}
