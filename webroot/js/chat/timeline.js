/**
 * What was said in a room, in order: `{kind: "message", text, json, offset, epoch, time, info, own}`, or
 * `{kind: "gap"}` where messages were missed. Items are numbered from `start` to `end`; older ones get smaller
 * numbers, and a number is an item's for good, until something is put in between.
 */
export class Items {
  #items = [];

  start = 0;

  get end() {
    return this.start + this.#items.length;
  }

  get isEmpty() {
    return this.#items.length === 0;
  }

  /** An item by its number; `undefined` outside. */
  at(number) {
    return this.#items[number - this.start];
  }

  /** The offset of the oldest message that has one; 0 for none. */
  get oldestOffset() {
    return this.#items.find(({ kind, offset }) => kind === "message" && offset > 0)?.offset ?? 0;
  }

  /** Whether the message of this position is among them. */
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

  /** Puts items in front of that of a number. */
  insert(number, items) {
    this.#items.splice(number - this.start, 0, ...items);
  }

  /** Forgets the oldest ones where there are clearly more than `most`. Returns whether it did. */
  trim(most) {
    // In steps, since taking from the front of a long list is slow.
    if (this.#items.length <= most * 1.1) {
      return false;
    }
    const surplus = this.#items.length - most;
    this.#items.splice(0, surplus);
    this.start += surplus;
    return true;
  }
}

/** A message as it is shown: JSON that is no text stands as its source. */
export function itemOf({ data, offset, position, time, info, own }) {
  const json = typeof data !== "string";
  const text = json ? JSON.stringify(data) : data;
  return { kind: "message", text, json, offset, epoch: position.epoch, time, info, own };
}

/** Whether the message of a position is among these. */
export function includes(items, { epoch, offset }) {
  return items.some((one) => one.kind === "message" && one.offset === offset && one.epoch === epoch);
}

/** Whether an item is a message behind a place in the log. */
export function isBehind(item, place) {
  return item?.kind === "message" && item.epoch === place?.epoch && item.offset > place.offset;
}
