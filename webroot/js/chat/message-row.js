/** One message, or what else stands in the list, as a row. */

import { say } from "../common/i18n.js";
import { day, exactly, isOtherDay, minute } from "./clock.js";
import { appendText } from "./linkify.js";
import { isSame, nameOf } from "./user-names.js";

/** Messages of one member that are closer than this stand together. */
const TOGETHER_MILLIS = 5 * 60_000;

/**
 * A row of the list.
 *
 * @param item what it shows
 * @param before the item in front, if there is one
 * @param unread how many were not read from here on; 0 for no mark
 */
export function row(item, before, unread) {
  const element = document.createElement("li");
  if (item.kind === "gap") {
    element.className = "gap";
    element.textContent = say("gap");
    return element;
  }
  const isNewDay = !before || before.kind === "gap" || isOtherDay(before.time, item.time);
  if (isNewDay) {
    element.append(mark("day", day(item.time)));
  }
  if (unread > 0) {
    element.append(mark("unread", say("unread", { count: unread })));
  }
  const message = document.createElement("div");
  const isGrouped = !isNewDay && unread === 0 && belongTogether(before, item);
  message.className = `message${item.own ? " own" : ""}${isGrouped ? " grouped" : ""}`;
  message.append(head(item), body(item));
  if (item.own) {
    message.append(sent(item));
  }
  element.append(message);
  return element;
}

/**
 * A message that is on its way, or failed. `act` has `fate(item)`, which says so, `retry(item)` and
 * `discard(item)`.
 */
export function pendingRow(item, act) {
  const element = document.createElement("li");
  const message = document.createElement("div");
  const { failure } = item;
  message.className = `message own pending${failure ? " failed" : ""}`;
  message.append(head(item), body(item), fate(act.fate(item)));
  if (failure) {
    message.append(button("retry", () => act.retry(item)), button("discard", () => act.discard(item)));
  }
  element.append(message);
  return element;
}

function belongTogether(before, item) {
  return (
    before?.kind === "message" &&
    before.own === item.own &&
    isSame(before.info, item.info) &&
    item.time - before.time < TOGETHER_MILLIS
  );
}

function mark(name, text) {
  const element = document.createElement("div");
  element.className = name;
  element.textContent = text;
  return element;
}

function head({ info, own, time }) {
  const element = document.createElement("div");
  element.className = "head";
  const name = document.createElement("bdi");
  name.className = "name";
  name.textContent = own ? say("you") : nameOf(info);
  name.title = name.textContent;
  const stamp = document.createElement("time");
  stamp.dateTime = new Date(time).toISOString();
  stamp.textContent = minute(time);
  stamp.title = exactly(time);
  element.append(name, " ", stamp);
  return element;
}

function body({ text, json }) {
  const element = document.createElement("div");
  element.className = `text${json ? " json" : ""}`;
  element.dir = "auto";
  appendText(element, text);
  return element;
}

function sent({ epoch, offset }) {
  const element = document.createElement("span");
  element.className = "fate";
  element.title = offset > 0 ? say("sentAt", { position: `${epoch}:${offset}` }) : say("sent");
  element.textContent = "✓";
  element.role = "img";
  element.ariaLabel = say("sent");
  return element;
}

function fate(text) {
  const element = document.createElement("span");
  element.className = "fate";
  element.textContent = text;
  return element;
}

function button(word, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = say(word);
  element.addEventListener("click", act);
  return element;
}
