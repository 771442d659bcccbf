/** What the server does not allow, in words. */

import { DENIED, EXPIRED } from "../client/failure.js";
import { say } from "../common/i18n.js";

/** The server's close codes for a token that will not do, and for what it does not understand. */
const INVALID_TOKEN = 3500;
const BAD_REQUEST = 3501;

const RULES = { authenticated: "onlyUsers", token: "onlyNamed", server: "onlyServers" };

/** Why a message was not sent. `options` of the room, `null` where they are not known. */
export function whyNotSent(failure, options) {
  if (failure.unsure) {
    return say("unsure");
  }
  if (failure.code !== DENIED) {
    return say("failed", { reason: failure.message });
  }
  const rule = RULES[options?.publish];
  return say("deniedPublish", { rule: rule ? say(rule) : "" }).trim();
}

/**
 * Why a token has to be shown; `null` where it need not.
 *
 * @param closed `{code, reason}` where the server has closed the connection, else `null`
 * @param refusal why the room cannot be entered, `null` where it can
 * @param isShown whether a token was shown
 */
export function needOf(closed, refusal, isShown) {
  switch (closed?.code) {
    case EXPIRED:
      return "tokenExpired";
    case INVALID_TOKEN:
      return "tokenInvalid";
    case BAD_REQUEST:
      return /\btoken is needed\b/.test(closed.reason) ? "tokenNeeded" : null;
    default:
      return refusal?.code === DENIED && !isShown ? "tokenForRoom" : null;
  }
}

/** What is wrong as long as it is so: `{key, values}` of a sentence, `null` for nothing. `need` as of `needOf`. */
export function standing(badRoom, need, closed, refusal) {
  if (badRoom) {
    return { key: "badRoom", values: { room: badRoom } };
  }
  if (need !== null) {
    return null; // The door says so.
  }
  if (closed?.reason) {
    return { key: "closedNotice", values: { reason: closed.reason } };
  }
  if (refusal?.code === DENIED) {
    return { key: "deniedSubscribe" };
  }
  return refusal ? { key: "refusedNotice", values: { reason: refusal.message } } : null;
}
