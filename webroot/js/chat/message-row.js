/** Creates the rows of the message list. */

import { element } from "../common/dom.js";
import { count } from "../common/format.js";
import { translate } from "../translations/chat.js";
import { dateAndTime, dayOfYear, minuteOfDay } from "./dates.js";
import { appendWithLinks } from "./linkify.js";
import { isSameSender, nameOf } from "./user-names.js";

/** Messages of one sender that are closer than this are grouped. */
const GROUP_MILLIS = 5 * 60_000;

/**
 * Returns the row of an item.
 *
 * @param item of a timeline
 * @param before the item before it, if there is one
 * @param isFirstNew whether the new messages begin here
 */
export function messageRow(item, before, isFirstNew) {
  if (item.kind === "gap") {
    return element("li", { className: "gap", textContent: gapText(item) });
  }
  const row = element("li");
  const isNewDay = !before || before.kind === "gap" || !isSameDay(before.time, item.time);
  if (isNewDay) {
    row.append(element("div", { className: "day", textContent: dayName(item.time) }));
  }
  if (isFirstNew) {
    row.append(element("div", { className: "unread", textContent: translate("unread") }));
  }
  const isGrouped = !isNewDay && !isFirstNew && belongTogether(before, item);
  const className = `message${item.own ? " own" : ""}${isGrouped ? " grouped" : ""}`;
  const message = element("div", { className }, head(item), body(item));
  if (item.own) {
    message.append(sentMark(item));
  }
  row.append(message);
  return row;
}

/** Returns what a gap means, in words. */
export function gapText({ isCertain }) {
  return translate(isCertain ? "gap" : "gapUnsure");
}

/** Returns the row of a pending message. `actions` has `status(entry)`, which gives a text, `canRetry`, `retry` and `discard`. */
export function pendingRow(entry, actions) {
  const className = `message own pending${entry.failure ? " failed" : ""}`;
  const status = element("span", { className: "status", textContent: actions.status(entry) });
  const message = element("div", { className }, head(entry), body(entry), status);
  if (entry.failure) {
    const retry = actions.canRetry(entry) ? [button("retry", () => actions.retry(entry))] : [];
    message.append(...retry, button("discard", () => actions.discard(entry)));
  }
  return element("li", {}, message);
}

function belongTogether(before, item) {
  return (
    before?.kind === "message" &&
    before.own === item.own &&
    isSameSender(before.info, item.info) &&
    item.time - before.time < GROUP_MILLIS
  );
}

function isSameDay(one, other) {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

function dayName(time) {
  return isSameDay(time, Date.now()) ? translate("today") : dayOfYear(time);
}

function head({ info, own, time }) {
  const name = own ? translate("you") : nameOf(info);
  const stamp = element("time", {
    dateTime: new Date(time).toISOString(),
    textContent: minuteOfDay(time),
    title: dateAndTime(time),
  });
  const nameElement = element("bdi", { className: "name", textContent: name, title: name });
  return element("div", { className: "head" }, nameElement, " ", stamp);
}

/** Returns what a message says; of a binary one, its size in words. */
export function contentText({ text, binaryBytes }) {
  return binaryBytes === undefined ? text : translate("binaryMessage", { bytes: count(binaryBytes) });
}

function body(item) {
  const isPlain = !item.json && item.binaryBytes === undefined;
  const box = element("div", { className: `text${isPlain ? "" : " json"}`, dir: "auto" });
  appendWithLinks(box, contentText(item));
  return box;
}

function sentMark({ epoch, offset }) {
  return element("span", {
    className: "status",
    title: offset > 0 ? translate("sentAt", { position: `${epoch}:${offset}` }) : translate("sent"),
    textContent: "✓",
    role: "img",
    ariaLabel: translate("sent"),
  });
}

function button(key, action) {
  const created = element("button", { type: "button", textContent: translate(key) });
  created.addEventListener("click", action);
  return created;
}
