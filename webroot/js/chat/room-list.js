/** The list of rooms that one is in, and of those that one was in. */

import { say } from "../common/i18n.js";
import { roomLink } from "./room-names.js";

/** More than this is only said to be more. */
const MOST_COUNTED = 99;

/** Rows are changed and not made again, since they may be pressed at this moment. */
const rows = new Map();

/**
 * Draws both lists.
 *
 * @param joined `{name, unread}` of each room
 * @param recent names
 * @param current the room that is shown
 * @param act has `open(name)` and `leave(name)`
 */
export function drawRooms(joined, recent, current, act) {
  const wanted = new Map();
  for (const one of joined) {
    wanted.set(`in ${one.name}`, () => joinedRow(one.name, act));
  }
  recent.forEach((name) => wanted.set(`out ${name}`, () => recentRow(name, act)));
  for (const [key, row] of rows) {
    if (!wanted.has(key)) {
      row.remove();
      rows.delete(key);
    }
  }
  wanted.forEach((make, key) => {
    if (!rows.has(key)) {
      rows.set(key, make());
      document.getElementById(key.startsWith("in ") ? "ulRooms" : "ulRecent").append(rows.get(key));
    }
  });
  joined.forEach((one) => update(rows.get(`in ${one.name}`), one, current));
  document.getElementById("recent").hidden = recent.length === 0;
}

function update(row, { name, unread }, current) {
  const [anchor, leave] = row.children;
  const badge = anchor.querySelector(".badge");
  if (name === current) {
    anchor.ariaCurrent = "page";
  } else {
    anchor.ariaCurrent = null;
  }
  anchor.classList.toggle("news", unread > 0);
  badge.hidden = unread === 0;
  badge.textContent = unread > MOST_COUNTED ? `${MOST_COUNTED}+` : unread;
  badge.title = say("newSpoken", { count: unread });
  leave.title = leave.ariaLabel = say("leaveRoom", { room: name });
}

function joinedRow(name, act) {
  const row = recentRow(name, act);
  const badge = document.createElement("span");
  badge.className = "badge";
  row.firstChild.append(badge);
  const leave = document.createElement("button");
  leave.type = "button";
  leave.className = "quiet leave";
  leave.textContent = "×";
  leave.addEventListener("click", () => act.leave(name));
  row.append(leave);
  return row;
}

function recentRow(name, act) {
  const anchor = document.createElement("a");
  anchor.href = roomLink(name);
  const text = document.createElement("bdi");
  text.textContent = `# ${name}`;
  anchor.append(text);
  anchor.addEventListener("click", (event) => {
    // Another tab or window is the browser's matter.
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      act.open(name);
    }
  });
  const row = document.createElement("li");
  row.append(anchor);
  return row;
}
