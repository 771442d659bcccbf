/** Announces messages of others to screen readers. */

import { translate } from "../translations/chat.js";
import { contentText, gapText } from "./message-row.js";
import { nameOf } from "./user-names.js";

/** If more messages come at once, only their number is announced. */
const MAX_MESSAGES = 3;

const DELAY_MILLIS = 500;

export class Announcer {
  #liveRegion;
  #waiting = [];

  constructor(liveRegion) {
    this.#liveRegion = liveRegion;
  }

  /** Announces an item soon, together with others that come meanwhile. */
  announce(item) {
    if (item.kind === "message" && item.own) {
      return;
    }
    if (this.#waiting.push(item) === 1) {
      setTimeout(() => this.#write(this.#waiting.splice(0)), DELAY_MILLIS);
    }
  }

  #write(items) {
    const isMany = items.length > MAX_MESSAGES;
    const text = isMany ? translate("newSpoken", { count: items.length }) : items.map(spoken).join("\n");
    this.#liveRegion.textContent = text;
  }
}

function spoken(item) {
  return item.kind === "gap" ? gapText(item) : translate("spoken", { name: nameOf(item.info), text: contentText(item) });
}
