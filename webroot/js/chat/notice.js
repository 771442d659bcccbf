/** What went wrong, in words, and the line above the message list that shows it. */

import { DENIED, EXPIRED } from "../client/failure.js";
import { byId } from "../common/dom.js";
import { translate } from "../translations/chat.js";

/** Close codes of the server: the token is invalid; the connect command was refused. */
const INVALID_TOKEN = 3500;
const BAD_REQUEST = 3501;

const WHO_MAY_PUBLISH = { authenticated: "onlyUsers", token: "onlyNamed", server: "onlyServers" };

/** Returns why a message was not sent. `options` are those of the room, `null` if not known. */
export function publishError(failure, options) {
  if (failure.unsure) {
    return translate("unsure");
  }
  if (failure.code !== DENIED) {
    return translate("failed", { reason: failure.message });
  }
  const rule = WHO_MAY_PUBLISH[options?.publish];
  return translate("deniedPublish", { rule: rule ? translate(rule) : "" }).trim();
}

/**
 * Returns the key of the text that says why a token is needed; `null` if it is not.
 *
 * @param closed `{code, duringConnect}` if the server has closed the connection, else `null`
 * @param refusal failure that keeps the client out of the room, or `null`
 * @param isTokenSent whether the last connection had a token
 */
export function loginReason(closed, refusal, isTokenSent) {
  switch (closed?.code) {
    case EXPIRED:
      return "tokenExpired";
    case INVALID_TOKEN:
      return "tokenInvalid";
    case BAD_REQUEST:
      // A connect command without a token is only refused by a server that needs one.
      return closed.duringConnect && !isTokenSent ? "tokenNeeded" : null;
    default:
      return refusal?.code === DENIED && !isTokenSent ? "tokenForRoom" : null;
  }
}

/**
 * Returns what is wrong at present, `{key, values}` of a text; `null` if nothing is.
 *
 * @param badRoom the name in the page's address if no room can have it, else empty
 * @param reason as of `loginReason`
 */
export function presentProblem(badRoom, reason, closed, refusal) {
  if (badRoom) {
    return { key: "badRoom", values: { room: badRoom } };
  }
  if (reason !== null) {
    return null; // The login form says it.
  }
  if (closed?.reason) {
    return { key: "closedNotice", values: { reason: closed.reason } };
  }
  if (refusal?.code === DENIED) {
    return { key: "deniedSubscribe" };
  }
  return refusal ? { key: "refusedNotice", values: { reason: refusal.message } } : null;
}

export class Notice {
  #message = null;

  /** Shows a text until the next one or `clear`. */
  set(key, values) {
    this.#message = { key, values };
  }

  clear() {
    this.#message = null;
  }

  /**
   * Draws the line.
   *
   * @param problem `{key, values}`, shown instead of the text that was set; `null` for none
   * @param canRetry whether to show the button to connect again
   */
  draw(problem, canRetry) {
    const shown = problem ?? this.#message;
    byId("notice").hidden = !shown;
    byId("noticeText").textContent = shown ? translate(shown.key, shown.values) : "";
    byId("btnRetry").hidden = !canRetry;
  }
}
