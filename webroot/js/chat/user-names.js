/** Names of users. */

import { translate } from "../translations/chat.js";

/** How many characters of a connection's id tell guests apart. */
const ID_CHARACTERS = 4;

/** Returns the name of a sender or member, `{user, client}`. */
export function nameOf(info) {
  if (info?.user) {
    return info.user;
  }
  return info?.client ? translate("guest", { id: info.client.slice(0, ID_CHARACTERS) }) : translate("someone");
}

/** Returns whether two messages have the same sender. */
export function isSameSender(one, other) {
  return one?.user === other?.user && (Boolean(one?.user) || one?.client === other?.client);
}
