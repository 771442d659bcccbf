import { base64Bytes } from "../common/format.js";

/**
 * The messages of a room in order. An item is `{kind: "message", text, json, offset, epoch, time, info, own}`, with
 * `binaryBytes` instead of `json` for a binary message, or `{kind: "gap", isCertain}` where messages are missing, or may
 * be. Items are numbered from `start` to `end`. A number stays that of its item
 * when older ones are added, until something is inserted.
 */
export class Timeline {
  #items = [];

  start = 0;

  get end() {
    return this.start + this.#items.length;
  }

  get isEmpty() {
    return this.#items.length === 0;
  }

  /** Returns an item by its number; `undefined` if there is none. */
  at(number) {
    return this.#items[number - this.start];
  }

  /** The offset of the oldest message that has one; 0 if none has. */
  get oldestOffset() {
    return this.#items.find(({ kind, offset }) => kind === "message" && offset > 0)?.offset ?? 0;
  }

  /** Returns whether the message at this position is among the items. */
  has(position) {
    return includes(this.#items, position);
  }

  append(items) {
    this.#items.push(...items);
  }

  prepend(items) {
    this.#items.unshift(...items);
    this.start -= items.length;
  }

  /** Inserts items before the one of this number. */
  insert(number, items) {
    this.#items.splice(number - this.start, 0, ...items);
  }

  /** Removes the oldest items if there are clearly more than `max`. Returns whether it did. */
  trim(max) {
    // In batches, since removing from the front of a long list is slow.
    if (this.#items.length <= max * 1.1) {
      return false;
    }
    const surplus = this.#items.length - max;
    this.#items.splice(0, surplus);
    this.start += surplus;
    return true;
  }
}

/**
 * Returns the item of a message. Data that is not a text is shown as JSON. A binary message has no text, but
 * `binaryBytes`, its size.
 */
export function itemOf({ data, binary, offset, position, time, info, own }) {
  if (binary) {
    const binaryBytes = base64Bytes(data);
    return { kind: "message", text: "", binaryBytes, offset, epoch: position.epoch, time, info, own };
  }
  const json = typeof data !== "string";
  const text = json ? JSON.stringify(data) : data;
  return { kind: "message", text, json, offset, epoch: position.epoch, time, info, own };
}

/** Returns whether the message at a position is among these items. */
export function includes(items, { epoch, offset }) {
  return items.some((one) => one.kind === "message" && one.offset === offset && one.epoch === epoch);
}

/** Returns whether an item is a message after a position of the log. */
export function isAfter(item, position) {
  return item?.kind === "message" && item.epoch === position?.epoch && item.offset > position.offset;
}
