/** Draws what stands around the message list: the room's name, the number of members, hints. */

import { byId } from "../common/dom.js";
import { spokenTimeSpan } from "../common/format.js";
import { number } from "../common/intl.js";
import { translate } from "../translations/chat.js";
import { memberCount } from "./member-list.js";

/**
 * Draws it.
 *
 * @param name of the room
 * @param conversation in the room, `null` if no room can have this name
 * @param unread number of unread messages in all rooms
 * @param isAtEnd whether the newest message is in view
 */
export function drawRoomHeader(name, conversation, unread, isAtEnd) {
  document.title = translate(unread > 0 ? "titleUnread" : "title", { room: name, count: unread });
  byId("roomName").textContent = byId("roomName").title = `# ${name}`;
  byId("shouts").hidden = conversation?.options?.transform !== "shout";
  const members = (conversation && memberCount(conversation.members)) || translate("hereNow");
  byId("btnMembers").textContent = members;
  byId("membersTitle").textContent = members;
  byId("empty").hidden = !conversation || !isKnownEmpty(conversation);
  byId("empty").textContent = conversation?.options ? emptyText(conversation.options.history) : translate("empty");
  byId("older").textContent = conversation ? olderHint(conversation) : "";
  byId("btnNew").hidden = !conversation || isAtEnd || conversation.unread === 0;
  byId("btnNew").textContent = translate("newMessages", { count: conversation?.unread ?? 0 });
}

function isKnownEmpty({ isEmpty, isLoading, isHistoryDenied, room }) {
  return isEmpty && !isLoading && !isHistoryDenied && room.state === "joined";
}

function olderHint(conversation) {
  if (conversation.isHistoryDenied) {
    return translate("deniedHistory");
  }
  if (conversation.isEmpty) {
    return "";
  }
  if (conversation.isLoading) {
    return translate("loading");
  }
  if (conversation.more) {
    return "";
  }
  return translate(conversation.item(conversation.start)?.offset > 1 ? "noMore" : "beginning");
}

/** Returns what a room without messages keeps. `history` has the limits of its log. */
function emptyText({ messages, ageSeconds }) {
  if (messages === 0) {
    return translate("emptyNoLog");
  }
  const count = translate(messages === 1 ? "oneMessage" : "manyMessages", { count: number(messages) });
  return translate("emptyLog", { span: spokenTimeSpan(ageSeconds), count });
}
