/** What stands around the list: the room's name, how many are here, what more there is to read. */

import { say } from "../common/i18n.js";
import { counted } from "./member-list.js";

const at = (id) => document.getElementById(id);

/**
 * Draws it.
 *
 * @param name of the room
 * @param conversation in it, `null` where there can be none
 * @param unread how many messages were not read in all rooms
 * @param isAtEnd whether the newest message is in view
 */
export function drawHead(name, conversation, unread, isAtEnd) {
  document.title = say(unread > 0 ? "titleUnread" : "title", { room: name, count: unread });
  at("roomName").textContent = `# ${name}`;
  at("shouts").hidden = conversation?.options?.transform !== "shout";
  const here = (conversation && counted(conversation.members)) || say("hereNow");
  at("btnMembers").textContent = here;
  at("membersTitle").textContent = here;
  at("empty").hidden = !conversation || !isSilent(conversation);
  at("older").textContent = conversation ? olderHint(conversation) : "";
  at("btnNew").hidden = !conversation || isAtEnd || conversation.unread === 0;
  at("btnNew").textContent = say("newMessages", { count: conversation?.unread ?? 0 });
}

/** Whether it is known that nothing was said. */
function isSilent({ isEmpty, isLoading, isHistoryDenied, room }) {
  return isEmpty && !isLoading && !isHistoryDenied && room.state === "joined";
}

function olderHint(conversation) {
  if (conversation.isHistoryDenied) {
    return say("deniedHistory");
  }
  if (conversation.isEmpty) {
    return "";
  }
  if (conversation.isLoading) {
    return say("loading");
  }
  if (conversation.more) {
    return "";
  }
  return say(conversation.item(conversation.start)?.offset > 1 ? "noMore" : "beginning");
}
