/** Names of users. */

import { translate } from "../translations/chat.js";

/** How many characters of a connection's id tell guests apart. */
const ID_CHARACTERS = 4;

/** Characters that names must not have: they are invisible, or change the direction of the text around them. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const JOINER = /\u200d/g;
const MAX_CHARACTERS = 64;

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

/** Returns whether a user can have this name; guests have the empty one. */
export function isUserName(name) {
  const visible = name.replace(JOINER, "");
  return [...name].length <= MAX_CHARACTERS && name === name.trim() && !INVISIBLE.test(visible);
}
