/** The box in which the user writes a message. */

import { translate } from "../translations/chat.js";

/** The limit of a frame to the server, if the room has no larger one; and the bytes of a command around its text. */
const MAX_FRAME_BYTES = 64 * 1024;
const COMMAND_BYTES = 512;

export class Composer {
  #box;
  #button;
  #actions;
  #encoder = new TextEncoder();
  #greets = false;

  /**
   * Creates a composer for a textarea in a form.
   *
   * @param actions has `publish(text)`, `maxBytes()` (the room's limit, if known) and `tooLong({bytes, most})`
   */
  constructor(box, actions) {
    this.#box = box;
    this.#actions = actions;
    this.#button = box.form.querySelector("[type=submit]");
    box.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    box.addEventListener("keydown", (event) => {
      // Enter also accepts the suggestion of an input method.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
        event.preventDefault();
        this.#send();
      }
    });
  }

  get text() {
    return this.#box.value;
  }

  set text(text) {
    this.#box.value = text;
  }

  setEnabled(enabled) {
    this.#button.disabled = !enabled;
  }

  /** Sets whether an empty box sends the greeting, and writes the hints in the present language. */
  setGreets(greets) {
    this.#greets = greets;
    this.#box.placeholder = translate(greets ? "greeting" : "writeMessage");
  }

  focus() {
    this.#box.focus();
  }

  #send() {
    if (this.#button.disabled) {
      return;
    }
    const text = this.#box.value.trim() || (this.#greets ? translate("greeting") : "");
    if (text === "") {
      return;
    }
    const bytes = this.#encoder.encode(JSON.stringify(text)).length;
    const limit = this.#actions.maxBytes() ?? MAX_FRAME_BYTES;
    const most = Math.min(limit, Math.max(limit, MAX_FRAME_BYTES) - COMMAND_BYTES);
    if (bytes > most) {
      this.#actions.tooLong({ bytes, most });
      return;
    }
    this.#box.value = "";
    this.#actions.publish(text);
  }
}
