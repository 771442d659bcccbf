/** Times as people read them. */

import { say, spoken } from "../common/i18n.js";

const forms = new Map();

function form(name, options) {
  const key = `${spoken()} ${name}`;
  let known = forms.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(spoken() === "zh" ? "zh-CN" : "en-GB", options);
    forms.set(key, known);
  }
  return known;
}

/** `10:02` */
export function minute(time) {
  return form("minute", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(time);
}

/** The date, and the time to the second. */
export function exactly(time) {
  return form("exactly", { dateStyle: "long", timeStyle: "medium" }).format(time);
}

/** `Today`, or the day of the week and of the year. */
export function day(time) {
  const date = new Date(time);
  if (date.toDateString() === new Date().toDateString()) {
    return say("today");
  }
  return form("day", { weekday: "long", day: "numeric", month: "long" }).format(time);
}

/** Whether two times are on different days. */
export function isOtherDay(one, other) {
  return new Date(one).toDateString() !== new Date(other).toDateString();
}
