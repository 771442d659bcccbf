/**
 * One room as its reader sees it: the messages, the user's own messages that are not acknowledged yet, how far the user
 * has read, and the members. Does not touch the page.
 */

import { DENIED, Failure } from "../client/failure.js";
import { newKey } from "../client/outbox.js";
import { Members } from "./members.js";
import { Timeline, includes, isAfter, itemOf } from "./timeline.js";

/** How many messages are kept in memory; older ones are read from the log again. */
const MAX_MESSAGES = 20_000;
/** The same for a room that is not on the screen. */
const MAX_HIDDEN_MESSAGES = 1_000;
const PAGE_SIZE = 50;
/** How many messages are read after a gap. */
const PAGE_SIZE_AFTER_GAP = 300;

export class Conversation {
  #changed;
  #timeline = new Timeline();
  #pending;
  #loading = false;
  /** Starts the reading of the log again that the loss of the connection ended; `null` if there was none. */
  #interrupted = null;
  #open = false;
  #read = false;
  /** The epoch of the log when the client was last in the room. */
  #epoch = "";

  unread = 0;
  /** The position before the first new message, `{epoch, offset}`; `null` if there is none. */
  mark = null;
  /** Whether the log may have older messages. */
  more = true;
  /** Whether the user may not read the log. */
  isHistoryDenied = false;
  /** The options of the room; `null` if not known. */
  options = null;
  /** The failure that keeps the client out of the room; `null` if there is none. */
  refusal = null;
  draft = "";
  /** Where the list was scrolled to when the room was left, `{number, top}`; `null` for the end. */
  scrollPosition = null;

  /**
   * Creates the conversation of a room.
   *
   * `lastRead` is how far the user had read in an earlier visit, `{epoch, offset}`; `unsent` is what that visit had
   * not sent, as `unsent` gave it. `changed(conversation, what)` is called with `items` (added at the end), `older`
   * (added at the beginning), `inside` (inserted), `pending`, `denied` (the user may not
   * publish), `unread`, `news` (an unread message of somebody else),
   * `mark`, `members`, `joined` or `state`.
   */
  constructor(room, lastRead, unsent, changed) {
    this.room = room;
    this.name = room.name;
    this.lastRead = lastRead;
    this.#changed = (what) => changed(this, what);
    this.#pending = new PendingMessages(room, this.#timeline, this.#changed);
    this.draft = unsent?.draft ?? "";
    this.#pending.restore(unsent?.messages ?? []);
    this.members = new Members(room, () => this.#changed("members"));
    room.addEventListener("joined", ({ detail }) => this.#joined(detail));
    room.addEventListener("message", ({ detail }) => this.#received(detail));
    room.addEventListener("gap", () => this.#add([{ kind: "gap", isCertain: true }]));
    room.addEventListener("refused", ({ detail }) => {
      this.refusal = detail;
      this.#changed("state");
    });
  }

  get start() {
    return this.#timeline.start;
  }

  get end() {
    return this.#timeline.end;
  }

  /** The user's messages that are not in the timeline yet. */
  get pending() {
    return this.#pending.entries;
  }

  get isEmpty() {
    return this.#timeline.isEmpty && this.pending.length === 0;
  }

  /** Whether messages are being read from the log, or will be when the connection is back. */
  get isLoading() {
    return this.#loading || this.#interrupted !== null;
  }

  /** Returns an item by its number; `undefined` if there is none. */
  item(number) {
    return this.#timeline.at(number);
  }

  /** Returns whether the unread messages begin with this item. */
  isMarked(number) {
    const [item, before] = [this.item(number), this.item(number - 1)];
    return isAfter(item, this.mark) && !isAfter(before, this.mark);
  }

  /** What a later visit needs to send what this one has not sent; `null` if there is nothing. */
  get unsent() {
    const messages = this.#pending.saved();
    const { epoch, offset } = this.room;
    const since = messages.length > 0 && this.room.position !== "" ? { epoch, offset } : null;
    return messages.length > 0 || this.draft !== "" ? { draft: this.draft, messages, since } : null;
  }

  /** Tells whether this conversation is on the screen. */
  setOpen(open) {
    this.#open = open;
    if (!open) {
      this.setRead(false);
      this.mark = null;
      this.#trim();
    }
  }

  /** Tells whether the user looks at the newest messages, so that new ones count as read. */
  setRead(read) {
    this.#read = read;
    if (read) {
      this.#markRead();
    }
  }

  publish(text) {
    this.#setMark(null);
    this.#pending.publish(text);
  }

  /** Returns the numbers of the messages whose text or sender's name fulfils `matches(text)`, the oldest first. */
  find(matches) {
    const found = [];
    for (let number = this.start; number < this.end; number++) {
      const { kind, text, info, own } = this.item(number);
      if (kind === "message" && (matches(text) || (!own && matches(info?.user ?? "")))) {
        found.push(number);
      }
    }
    return found;
  }

  /** Publishes a failed message again, under the same key. */
  retry(entry) {
    this.#pending.retry(entry);
  }

  /** Removes a failed message. */
  discard(entry) {
    this.#pending.remove(entry);
  }

  /** Joins again after a refusal, for example as another user. */
  rejoin() {
    if (this.refusal) {
      this.refusal = null;
      this.room.join();
      this.#changed("state");
    }
  }

  /** Reads older messages. No-op if that is under way or there are none. */
  async loadOlder() {
    const before = this.#timeline.oldestOffset;
    if (this.isLoading || !this.more || before === 0 || this.room.state !== "joined") {
      return;
    }
    await this.#load({ before, limit: PAGE_SIZE }, (messages) => this.#addOlder(messages));
  }

  #joined({ recovered, first }) {
    // In another epoch the log may have lost messages, or there were none.
    const isSameLog = this.#epoch === this.room.epoch;
    this.#epoch = this.room.epoch;
    this.refusal = null;
    this.members.refresh();
    const interrupted = this.#interrupted;
    this.#interrupted = null;
    if (first) {
      this.#firstJoined();
    } else if (recovered) {
      interrupted?.();
    } else if (interrupted && this.#timeline.isEmpty) {
      this.#loadNewest();
    } else {
      this.#add([{ kind: "gap", isCertain: isSameLog }]);
      const number = this.end;
      this.#load({ before: this.room.offset + 1, limit: PAGE_SIZE_AFTER_GAP }, (messages) =>
        this.#insert(number, messages),
      );
    }
    this.#changed("joined");
  }

  #firstJoined() {
    const { epoch, offset } = this.room;
    if (this.lastRead?.epoch === epoch) {
      this.unread += Math.max(0, offset - this.lastRead.offset);
      if (this.unread > 0) {
        this.#setMark({ ...this.lastRead });
      }
    } else {
      this.lastRead = { epoch, offset };
    }
    if (this.#read) {
      this.#markRead();
    }
    this.#loadNewest();
    this.#changed("unread");
  }

  #loadNewest() {
    const { offset, position } = this.room;
    if (offset > 0 || position === "") {
      const before = offset > 0 ? offset + 1 : 0; // Without a position, reading shows whether the user may read.
      this.#load({ before, limit: PAGE_SIZE }, (messages) => this.#addOlder(messages));
    } else {
      this.more = false;
    }
  }

  async #load(range, add) {
    this.#loading = true;
    this.#changed("state");
    try {
      const { messages, more } = await this.room.history(range);
      this.isHistoryDenied = false;
      this.more = more;
      this.#loading = false;
      add(messages.map(itemOf));
    } catch (failure) {
      this.#loading = false;
      // The room has no log, or the user may not read it. A lost connection is temporary.
      this.more = failure.temporary;
      this.#interrupted = failure.unsure ? () => this.#load(range, add) : null;
      this.isHistoryDenied = failure.code === DENIED;
    }
    this.#changed("state");
  }

  #received(message) {
    this.#pending.received(message.key);
    this.#add([itemOf(message)]);
  }

  #add(items) {
    const news = items.filter(({ kind, own }) => kind === "message" && !own).length;
    if (!this.#read && news > 0 && this.unread === 0 && this.lastRead) {
      this.#setMark({ ...this.lastRead });
    }
    this.#timeline.append(items);
    this.#pending.settle(items);
    if (this.#read) {
      this.#markRead();
    } else {
      this.unread += news;
      this.#changed("unread");
    }
    this.#trim();
    this.#changed("items");
    if (!this.#read && news > 0) {
      this.#changed("news");
    }
  }

  #insert(number, items) {
    this.#timeline.insert(number, items);
    this.#pending.settle(items);
    this.#changed("inside");
  }

  #addOlder(items) {
    this.#timeline.prepend(items);
    this.#pending.settle(items);
    this.#changed("older");
  }

  #trim() {
    if (this.#timeline.trim(this.#open ? MAX_MESSAGES : MAX_HIDDEN_MESSAGES)) {
      this.more = true;
    }
  }

  #markRead() {
    const { epoch, offset } = this.room;
    if (this.unread > 0) {
      this.unread = 0;
      this.#changed("unread");
    }
    this.lastRead = { epoch, offset };
  }

  #setMark(mark) {
    const isChanged = mark !== null || this.mark !== null;
    this.mark = mark;
    if (isChanged) {
      this.#changed("mark");
    }
  }
}

/** The user's messages in a room that are not in its timeline yet: being sent, or failed. */
class PendingMessages {
  #room;
  #timeline;
  #changed;

  /** In order: `{kind: "message", text, own, key, failure, time, position?}`. */
  entries = [];

  constructor(room, timeline, changed) {
    this.#room = room;
    this.#timeline = timeline;
    this.#changed = changed;
  }

  /** Returns the entries as JSON has them. */
  saved() {
    return this.entries
      .filter(({ position }) => !position)
      .map(({ text, key, time, failure }) => {
        const { code, message, unsure } = failure ?? {};
        return { text, key, time, sentBy: this.#room.sentBy(key), failure: failure ? { code, message, unsure } : null };
      });
  }

  /** Publishes what an earlier visit had not sent; what had failed waits for its author again. */
  restore(saved) {
    for (const { text, key, time, sentBy, failure } of saved) {
      const entry = { kind: "message", text, own: true, key, time, failure: null };
      this.entries.push(entry);
      if (failure) {
        entry.failure = new Failure(failure.code, failure.message, failure);
      } else {
        this.#publish(entry, sentBy);
      }
    }
  }

  publish(text) {
    this.#send({ kind: "message", text, own: true, key: newKey(), failure: null, time: Date.now() });
  }

  retry(entry) {
    this.remove(entry);
    this.#send({ ...entry, failure: null });
  }

  remove(entry) {
    this.#keep((other) => other !== entry);
  }

  /** Tells that the message with this key was received. */
  received(key) {
    this.#keep((entry) => entry.key !== key);
  }

  /** Tells that items were added. Removes the acknowledged messages that are among them. */
  settle(items) {
    this.#keep(({ position }) => !position || !includes(items, position));
  }

  #send(entry) {
    this.entries.push(entry);
    this.#changed("pending");
    this.#publish(entry);
  }

  #publish(entry, sentBy) {
    this.#room.publish(entry.text, entry.key, sentBy).then(
      (position) => this.#acknowledged(entry, position),
      (failure) => {
        entry.failure = failure;
        this.#changed(failure.code === DENIED ? "denied" : "pending");
      },
    );
  }

  /**
   * The message is received as well, before or after this. If the client may not read the log, or there is none, it
   * has no position there by which it could be recognized.
   */
  #acknowledged(entry, position) {
    entry.position = position;
    if (this.#room.position === "" || position.offset === 0 || this.#timeline.has(position)) {
      this.remove(entry);
    }
  }

  #keep(fits) {
    const kept = this.entries.filter(fits);
    if (kept.length < this.entries.length) {
      this.entries = kept;
      this.#changed("pending");
    }
  }
}
