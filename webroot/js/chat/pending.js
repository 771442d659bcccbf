/** What somebody said in a room and that is not among its messages yet: on its way, or failed. */

import { newKey } from "../client/key.js";
import { includes } from "./timeline.js";

export class Pending {
  #room;
  #items;
  #changed;

  /** Entries in their order: `{kind: "message", text, own, key, failure, time, position?}`. */
  entries = [];

  /** `items` are those of the room; `changed()` is called at each change. */
  constructor(room, items, changed) {
    this.#room = room;
    this.#items = items;
    this.#changed = changed;
  }

  /** Says something. */
  say(text) {
    this.#send({ kind: "message", text, own: true, key: newKey(), failure: null, time: Date.now() });
  }

  /** Says again what failed, as the same message. */
  retry(entry) {
    this.discard(entry);
    this.#send({ ...entry, failure: null });
  }

  /** Takes one away. */
  discard(entry) {
    this.#keep((other) => other !== entry);
  }

  /** The message of this key was heard. */
  heard(key) {
    this.#keep((entry) => entry.key !== key);
  }

  /** These items came. What was acknowledged and is among them is pending no longer. */
  settle(items) {
    this.#keep(({ position }) => !position || !includes(items, position));
  }

  #send(entry) {
    this.entries.push(entry);
    this.#changed();
    this.#room.publish(entry.text, entry.key).then(
      (position) => this.#acknowledged(entry, position),
      (failure) => {
        entry.failure = failure;
        this.#changed();
      },
    );
  }

  /** It is heard as well, before or after this, unless the room has no log. */
  #acknowledged(entry, position) {
    entry.position = position;
    if (position.offset === 0 || this.#items.has(position)) {
      this.discard(entry);
    }
  }

  #keep(fits) {
    const kept = this.entries.filter(fits);
    if (kept.length < this.entries.length) {
      this.entries = kept;
      this.#changed();
    }
  }
}
