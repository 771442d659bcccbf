/** Draws the column with the members of the room. */

import { byId, element } from "../common/dom.js";
import { language } from "../common/i18n.js";
import { number } from "../common/intl.js";
import { translate } from "../translations/chat.js";
import { nameOf } from "./user-names.js";

const MAX_ROWS = 200;

/** If more members leave at once, only their number is shown. */
const MAX_LEFT_NAMES = 3;

const HINTS = { hidden: "membersHidden", denied: "membersDenied", failed: "membersFailed", many: "membersMany" };

/**
 * Draws the list.
 *
 * @param members of the room
 * @param isOwn whether a member is this client
 * @param names `verified` or `unverified`, `null` if not known
 */
export function drawMemberList(members, isOwn, names) {
  const users = members.state === "known" ? groupedByUser(members, isOwn) : [];
  const left = members.recentChanges.filter(({ joined }) => !joined);
  const leftRows = left.length > MAX_LEFT_NAMES ? [leftCountRow(left.length)] : left.map(({ info }) => leftRow(info));
  byId("ulMembers").replaceChildren(...users.slice(0, MAX_ROWS).map(userRow), ...leftRows);
  byId("membersHint").textContent = hint(members, users, names);
}

/** Returns how many members there are, in words; empty if not known. */
export function memberCount(members) {
  const isCounted = members.state === "known" || members.state === "many";
  return isCounted ? translate("here", { count: number(members.count) }) : "";
}

function groupedByUser(members, isOwn) {
  const users = new Map();
  const joined = new Set(members.recentChanges.filter((one) => one.joined).map(({ info }) => info.client));
  for (const info of members.list) {
    const key = info.user ? `user ${info.user}` : info.client;
    const user = users.get(key) ?? { name: nameOf(info), connections: 0, own: false, joined: false };
    user.connections++;
    user.own ||= isOwn(info);
    user.joined ||= joined.has(info.client) && !user.own;
    users.set(key, user);
  }
  const order = new Intl.Collator(language(), { numeric: true });
  return [...users.values()].sort((a, b) => Number(b.own) - Number(a.own) || order.compare(a.name, b.name));
}

function userRow({ name, connections, own, joined }) {
  const row = element("li", {}, element("bdi", { textContent: name, title: name }));
  if (connections > 1) {
    row.append(note(`×${connections}`));
  }
  if (own) {
    row.append(note(`(${translate("you")})`));
  }
  if (joined) {
    row.className = "joined";
    row.append(note(translate("joined")));
  }
  return row;
}

function leftRow(info) {
  const name = nameOf(info);
  const nameElement = element("bdi", { textContent: name, title: name });
  return element("li", { className: "left" }, nameElement, note(translate("left")));
}

function leftCountRow(count) {
  return element("li", { className: "left" }, note(translate("leftMany", { count: number(count) })));
}

function note(text) {
  return element("span", { className: "note", textContent: text });
}

function hint({ state }, users, names) {
  if (HINTS[state]) {
    return translate(HINTS[state]);
  }
  const more = users.length - MAX_ROWS;
  if (more > 0) {
    return translate("membersMore", { count: more });
  }
  if (state !== "known" || names === null) {
    return "";
  }
  return translate(names === "verified" ? "namesVerified" : "namesUnverified");
}
