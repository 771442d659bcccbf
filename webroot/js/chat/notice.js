/** What went wrong, in words, and the line above the message list that shows it. */

import { DENIED } from "../client/failure.js";
import { byId } from "../common/dom.js";
import { language } from "../common/i18n.js";
import { translate } from "../translations/chat.js";

const WHO_MAY_PUBLISH = { authenticated: "onlyUsers", token: "onlyNamed", server: "onlyServers" };

/** Returns whether the server is known not to let the user write in a room with these options. */
export function isReadOnly(options) {
  return options?.permissions?.publish === false;
}

/** Returns why the user may not write in a room with these options, and who may. */
export function readOnlyText({ publish }) {
  const rule = WHO_MAY_PUBLISH[publish];
  return sentences("readOnly", rule);
}

/** Returns whether signing in may help a user who may not write in a room with these options. */
export function canSignInToWrite({ publish }) {
  return publish === "authenticated" || publish === "token";
}

/** Returns why a message was not sent. `options` are those of the room, `null` if not known. */
export function publishError(failure, options) {
  if (failure.unsure) {
    return translate("unsure");
  }
  if (failure.code !== DENIED) {
    return translate("failed", { reason: failure.message });
  }
  const rule = WHO_MAY_PUBLISH[options?.publish];
  return sentences("deniedPublish", rule);
}

/**
 * Returns what is wrong at present, `{key, values}` of a text; `null` if nothing is.
 *
 * @param badRoom the name in the page's address if no room can have it, else empty
 * @param reason as of `signInReason`
 */
export function presentProblem(badRoom, reason, closed, refusal) {
  if (badRoom) {
    return { key: "badRoom", values: { room: badRoom } };
  }
  if (reason !== null) {
    return null; // The sign-in panel says it.
  }
  if (closed?.reason) {
    return { key: "closedNotice", values: { reason: closed.reason } };
  }
  if (refusal?.code === DENIED) {
    return { key: "deniedSubscribe" };
  }
  return refusal ? { key: "refusedNotice", values: { reason: refusal.message } } : null;
}

/** Returns one or two sentences. */
function sentences(first, second) {
  const texts = second ? [translate(first), translate(second)] : [translate(first)];
  return texts.join(language() === "zh" ? "" : " ");
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
   * @param canSignIn whether to show the button to sign in as somebody else
   */
  draw(problem, { canRetry, canSignIn }) {
    const shown = problem ?? this.#message;
    byId("notice").hidden = !shown;
    byId("noticeText").textContent = shown ? translate(shown.key, shown.values) : "";
    byId("btnRetry").hidden = !canRetry;
    byId("btnOther").hidden = !canSignIn;
  }
}
