/** Reads aloud, to those who do not see the list, what was said by others. */

import { say } from "../common/i18n.js";
import { nameOf } from "./user-names.js";

/** More new messages at once than this are told as a number. */
const MOST_SPOKEN = 3;

const GATHERED_MILLIS = 500;

export class Voice {
  #element;
  #unspoken = [];

  /** A voice that a screen reader follows at this element, which is a live region. */
  constructor(element) {
    this.#element = element;
  }

  /** Tells an item soon, with those that come meanwhile. */
  tell(item) {
    if (item.kind === "message" && item.own) {
      return;
    }
    if (this.#unspoken.push(item) === 1) {
      setTimeout(() => this.#speak(this.#unspoken.splice(0)), GATHERED_MILLIS);
    }
  }

  #speak(news) {
    const isMuch = news.length > MOST_SPOKEN;
    this.#element.textContent = isMuch ? say("newSpoken", { count: news.length }) : news.map(spoken).join("\n");
  }
}

function spoken(item) {
  return item.kind === "gap" ? say("gap") : say("said", { name: nameOf(item.info), text: item.text });
}
