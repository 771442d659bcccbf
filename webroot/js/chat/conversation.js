/**
 * One room as somebody reads it: what was said, in order; what of one's own is not acknowledged yet;
 * where one has read to; who is there. Nothing here touches the page.
 *
 * Items are `{kind: "message", text, json, offset, epoch, time, info, own}`, or `{kind: "gap"}` where
 * messages were missed. They are numbered from `start` to `end`; older ones get smaller numbers, and
 * a number is an item's for good.
 *
 * `changed(what)` is called with `items` (some were added at the end), `older` (at the beginning),
 * `inside` (in between), `pending`, `unread`, `mark`, `members` or `state`.
 */

import { newKey } from "../client/key.js";
import { Members } from "./members.js";

/** Messages that are kept; older ones are read from the log again. */
const KEPT = 20_000;
/** The same of a room that is not looked at. */
const KEPT_UNSEEN = 1_000;
const PAGE = 50;
/** What is read behind a gap. */
const PAGE_AFTER_GAP = 300;

export class Conversation {
  #changed;
  #items = [];
  #loading = false;
  #open = false;
  #seen = false;

  start = 0;
  pending = [];
  unread = 0;
  /** Behind what the unread messages began, `{epoch, offset, count}`; `null` for none. */
  mark = null;
  /** Whether there may be older messages in the log. */
  more = true;
  /** What the server tells of the room; `null` before. */
  options = null;
  /** Why the room cannot be entered; `null` where it can. */
  refusal = null;
  draft = "";
  /** Where the list was when the room was left: `{number, top}`; `null` for the end. */
  place = null;

  /** `read` is how far it was read in an earlier visit, `{epoch, offset}`. */
  constructor(room, read, changed) {
    this.room = room;
    this.name = room.name;
    this.read = read;
    this.#changed = (what) => changed(this, what);
    this.members = new Members(room, () => this.#changed("members"));
    room.addEventListener("joined", ({ detail }) => this.#joined(detail));
    room.addEventListener("message", ({ detail }) => this.#heard(detail));
    room.addEventListener("gap", () => this.#add([{ kind: "gap" }]));
    room.addEventListener("refused", ({ detail }) => {
      this.refusal = detail;
      this.#changed("state");
    });
  }

  get end() {
    return this.start + this.#items.length;
  }

  get isEmpty() {
    return this.#items.length === 0 && this.pending.length === 0;
  }

  /** Whether older messages are being read. */
  get isLoading() {
    return this.#loading;
  }

  /** An item by its number; `undefined` outside. */
  item(number) {
    return this.#items[number - this.start];
  }

  /** Whether the unread messages begin with an item. */
  isMarked(number) {
    const [item, before] = [this.item(number), this.item(number - 1)];
    return isBehind(item, this.mark) && !isBehind(before, this.mark);
  }

  /** Whether it is the one on the page. */
  open(open) {
    this.#open = open;
    if (!open) {
      this.see(false);
      this.mark = null;
      this.#trim();
    }
  }

  /** Whether somebody looks at its end, so that what comes is read at once. */
  see(seen) {
    this.#seen = seen;
    if (seen) {
      this.#markRead();
    }
  }

  /** Says something. The same entry again, where it failed, is a retry of the same message. */
  say(text) {
    this.#send({ kind: "message", text, own: true, key: undefined, failure: null, time: Date.now() });
  }

  retry(entry) {
    this.discard(entry);
    this.#send({ ...entry, failure: null });
  }

  /** Takes a message that failed off the list. */
  discard(entry) {
    this.pending = this.pending.filter((other) => other !== entry);
    this.#changed("pending");
  }

  /** Reads older messages, unless that is under way or there are none. */
  async older() {
    const first = this.#items.find(({ kind, offset }) => kind === "message" && offset > 0);
    if (this.#loading || !this.more || !first || this.room.state !== "joined") {
      return;
    }
    await this.#load({ before: first.offset, limit: PAGE }, (messages) => this.#addOlder(messages));
  }

  #send(entry) {
    entry.key ??= newKey();
    this.pending.push(entry);
    this.#changed("pending");
    this.room.publish(entry.text, entry.key).then(
      (position) => this.#acknowledged(entry, position),
      (failure) => {
        entry.failure = failure;
        this.#changed("pending");
      },
    );
  }

  /** It is heard as well, before or after this, unless the room has no log. */
  #acknowledged(entry, position) {
    entry.position = position;
    const isHeard = this.#items.some((one) => isAt(one, position));
    if (position.offset === 0 || isHeard) {
      this.discard(entry);
    }
  }

  /** What was acknowledged and is among the messages is pending no longer. */
  #settle(items) {
    const waiting = this.pending.filter(
      ({ position }) => !position || !items.some((one) => isAt(one, position)),
    );
    if (waiting.length < this.pending.length) {
      this.pending = waiting;
      this.#changed("pending");
    }
  }

  #joined({ recovered, first }) {
    this.refusal = null;
    this.members.refresh();
    if (first) {
      this.#enter();
    } else if (!recovered) {
      this.#add([{ kind: "gap" }]);
      const at = this.end;
      this.#load({ before: this.room.offset + 1, limit: PAGE_AFTER_GAP }, (messages) =>
        this.#insert(at, messages),
      );
    }
    this.#changed("state");
  }

  #enter() {
    const { epoch, offset } = this.room;
    if (this.read?.epoch === epoch) {
      this.unread += Math.max(0, offset - this.read.offset);
    } else {
      this.read = { epoch, offset };
    }
    if (this.#seen) {
      this.#markRead();
    }
    if (offset > 0) {
      this.#load({ before: offset + 1, limit: PAGE }, (messages) => this.#addOlder(messages));
    } else {
      this.more = false;
    }
    this.#changed("unread");
  }

  async #load(asked, add) {
    this.#loading = true;
    this.#changed("state");
    try {
      const { messages, more } = await this.room.history(asked);
      this.more = more;
      this.#loading = false;
      add(messages.map(item));
    } catch (failure) {
      this.#loading = false;
      // A room without a log, or of which one may not read it. What was lost is tried again.
      this.more = failure.temporary;
    }
    this.#changed("state");
  }

  #heard(message) {
    const count = this.pending.length;
    this.pending = this.pending.filter(({ key }) => key !== message.key);
    this.#add([item(message)]);
    if (this.pending.length < count) {
      this.#changed("pending");
    }
  }

  #add(items) {
    this.#items.push(...items);
    if (this.pending.length > 0) {
      this.#settle(items);
    }
    if (this.#seen) {
      this.#markRead();
    } else {
      this.unread += items.filter(({ kind, own }) => kind === "message" && !own).length;
      this.#changed("unread");
    }
    this.#trim();
    this.#changed("items");
  }

  #insert(at, items) {
    this.#items.splice(at - this.start, 0, ...items);
    this.#settle(items);
    this.#changed("inside");
  }

  #addOlder(items) {
    this.#items.unshift(...items);
    this.start -= items.length;
    this.#settle(items);
    this.#changed("older");
  }

  #trim() {
    const most = this.#open ? KEPT : KEPT_UNSEEN;
    // In steps, since taking from the front of a long list is slow.
    if (this.#items.length > most * 1.1) {
      const surplus = this.#items.length - most;
      this.#items.splice(0, surplus);
      this.start += surplus;
      this.more = true;
    }
  }

  #markRead() {
    const { epoch, offset } = this.room;
    if (this.unread > 0) {
      this.mark = { ...this.read, count: this.unread };
      this.unread = 0;
      this.#changed("unread");
      this.#changed("mark");
    }
    this.read = { epoch, offset };
  }
}

/** Whether an item is behind a place in the log. */
function isBehind(item, place) {
  return item?.kind === "message" && item.epoch === place?.epoch && item.offset > place.offset;
}

function isAt(item, { epoch, offset }) {
  return item.kind === "message" && item.offset === offset && item.epoch === epoch;
}

/** As it is shown: JSON that is no text stands as its source. */
function item({ data, offset, position, time, info, own }) {
  const json = typeof data !== "string";
  const text = json ? JSON.stringify(data) : data;
  return { kind: "message", text, json, offset, epoch: position.epoch, time, info, own };
}
