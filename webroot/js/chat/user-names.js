/** What people are called on the page. */

import { say } from "../common/i18n.js";

/** So much of a connection's id tells guests apart. */
const SHOWN_ID = 4;

/** The name of whoever said something or is there: self-chosen, unless the room asks for tokens. */
export function nameOf(info) {
  if (info?.user) {
    return info.user;
  }
  return info?.client ? say("guest", { id: info.client.slice(0, SHOWN_ID) }) : say("someone");
}

/** Whether two messages were said by the same one. */
export function isSame(one, other) {
  return one?.user === other?.user && (Boolean(one?.user) || one?.client === other?.client);
}

/** What names cannot have: characters that show nothing, or change the order of what is around them. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const JOINER = /\u200d/g;
const MOST_CHARACTERS = 64;

/** Whether somebody may be called so; the empty name is for a guest. */
export function isName(name) {
  const visible = name.replace(JOINER, "");
  return [...name].length <= MOST_CHARACTERS && name === name.trim() && !UNSEEN.test(visible);
}
