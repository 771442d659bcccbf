/**
 * One room as somebody reads it: what was said, in order; what of one's own is not acknowledged yet;
 * where one has read to; who is there. Nothing here touches the page. Its items are as `Items` has them.
 *
 * `changed(what)` is called with `items` (some were added at the end), `older` (at the beginning),
 * `inside` (in between), `pending`, `unread`, `mark`, `members`, `joined` or `state`.
 */

import { DENIED } from "../client/failure.js";
import { Items, isBehind, itemOf } from "./timeline.js";
import { Members } from "./members.js";
import { Pending } from "./pending.js";

/** Messages that are kept; older ones are read from the log again. */
const KEPT = 20_000;
/** The same of a room that is not looked at. */
const KEPT_UNSEEN = 1_000;
const PAGE = 50;
/** What is read behind a gap. */
const PAGE_AFTER_GAP = 300;

export class Conversation {
  #changed;
  #items = new Items();
  #pending;
  #loading = false;
  #open = false;
  #seen = false;

  unread = 0;
  /** Behind what the unread messages began, `{epoch, offset, count}`; `null` for none. */
  mark = null;
  /** Whether there may be older messages in the log. */
  more = true;
  /** Whether the server lets nobody like this one read them. */
  isHistoryDenied = false;
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
    this.#pending = new Pending(room, this.#items, () => this.#changed("pending"));
    this.members = new Members(room, () => this.#changed("members"));
    room.addEventListener("joined", ({ detail }) => this.#joined(detail));
    room.addEventListener("message", ({ detail }) => this.#heard(detail));
    room.addEventListener("gap", () => this.#add([{ kind: "gap" }]));
    room.addEventListener("refused", ({ detail }) => {
      this.refusal = detail;
      this.#changed("state");
    });
  }

  get start() {
    return this.#items.start;
  }

  get end() {
    return this.#items.end;
  }

  /** What was said here and is not among the items yet, as `Pending` has it. */
  get pending() {
    return this.#pending.entries;
  }

  get isEmpty() {
    return this.#items.isEmpty && this.pending.length === 0;
  }

  /** Whether older messages are being read. */
  get isLoading() {
    return this.#loading;
  }

  /** An item by its number; `undefined` outside. */
  item(number) {
    return this.#items.at(number);
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

  /** Says something. */
  say(text) {
    this.#pending.say(text);
  }

  /** Says again what failed, as the same message. */
  retry(entry) {
    this.#pending.retry(entry);
  }

  /** Takes a message that failed off the list. */
  discard(entry) {
    this.#pending.discard(entry);
  }

  /** Goes in where one was refused before; as somebody else, perhaps. */
  tryAgain() {
    if (this.refusal) {
      this.refusal = null;
      this.room.join();
      this.#changed("state");
    }
  }

  /** Reads older messages, unless that is under way or there are none. */
  async older() {
    const before = this.#items.oldestOffset;
    if (this.#loading || !this.more || before === 0 || this.room.state !== "joined") {
      return;
    }
    await this.#load({ before, limit: PAGE }, (messages) => this.#addOlder(messages));
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
    this.#changed("joined");
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
    if (offset > 0 || this.room.position === "") {
      const before = offset > 0 ? offset + 1 : 0; // Without a place it is seen whether one may read at all.
      this.#load({ before, limit: PAGE }, (messages) => this.#addOlder(messages));
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
      this.isHistoryDenied = false;
      this.more = more;
      this.#loading = false;
      add(messages.map(itemOf));
    } catch (failure) {
      this.#loading = false;
      // A room without a log, or of which one may not read it. What was lost is tried again.
      this.more = failure.temporary;
      this.isHistoryDenied = failure.code === DENIED;
    }
    this.#changed("state");
  }

  #heard(message) {
    this.#pending.heard(message.key);
    this.#add([itemOf(message)]);
  }

  #add(items) {
    this.#items.append(items);
    this.#pending.settle(items);
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
    this.#items.insert(at, items);
    this.#pending.settle(items);
    this.#changed("inside");
  }

  #addOlder(items) {
    this.#items.prepend(items);
    this.#pending.settle(items);
    this.#changed("older");
  }

  #trim() {
    if (this.#items.trim(this.#open ? KEPT : KEPT_UNSEEN)) {
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
