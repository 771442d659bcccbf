/** The line above the list that tells what is wrong. */

import { say } from "../common/i18n.js";

const at = (id) => document.getElementById(id);

export class Notice {
  #said = null;

  /** Tells a sentence by its key, until the next one or `close`. */
  show(key, values) {
    this.#said = { key, values };
  }

  close() {
    this.#said = null;
  }

  /**
   * Draws it.
   *
   * @param standing `{key, values}`: what is to be told before anything else, `null` for nothing
   * @param isRetry whether it can be tried again
   */
  draw(standing, isRetry) {
    const shown = standing ?? this.#said;
    at("notice").hidden = !shown;
    at("noticeText").textContent = shown ? say(shown.key, shown.values) : "";
    at("btnRetry").hidden = !isRetry;
  }
}
