/** The message list: shows a window of at most `MAX_ROWS` rows of a conversation, which moves as the user scrolls. */

import { messageRow, pendingRow } from "./message-row.js";

const MAX_ROWS = 200;
/** Rows that are shown at first, and rows that are added at an end. */
const FIRST_ROWS = 100;
const STEP_ROWS = 50;
/** Rows are added if the user is this close to an end of those shown. */
const NEAR_PIXELS = 600;
/** How close to the end counts as at the end. */
const AT_END_PIXELS = 48;

export class MessageList {
  #box;
  #actions;
  #conversation = null;
  #rows;
  /** Whether the list follows the newest message. */
  #follows = true;
  #frame = 0;
  #stale = false;
  /** The number of the item that is shown as found; `null` if none is. */
  #found = null;

  /**
   * Creates a list.
   *
   * @param box the element that scrolls
   * @param list the element of the rows
   * @param actions has what `pendingRow` needs, `loadOlder()` and `scrolled()`
   */
  constructor(box, list, actions) {
    this.#box = box;
    this.#rows = new Rows(list);
    this.#actions = actions;
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#follows && this.#scrollToBottom()).observe(box);
  }

  /** Whether the newest message is in view. */
  get isAtEnd() {
    return this.#follows;
  }

  /** Shows another conversation where it was left; `null` for none. */
  show(conversation) {
    this.#savePosition();
    this.#found = null;
    this.#conversation = conversation;
    if (conversation) {
      this.#restorePosition();
    } else {
      this.#rows.clear();
    }
  }

  /** Draws what was added at the end or changed among the pending messages, in the next frame. */
  update() {
    if (this.#conversation) {
      this.#frame ||= requestAnimationFrame(() => this.#draw());
    }
  }

  /** Draws what was added at the beginning. */
  updateOlder() {
    this.#extendUp();
    this.update();
  }

  /** Draws everything again in the next frame. */
  redraw() {
    this.#stale = true;
    this.update();
  }

  /** Scrolls to an item and shows it as found. */
  showFound(number) {
    this.#found = number;
    this.#conversation.scrollPosition = { number, top: this.#box.clientHeight / 3 };
    this.#restorePosition();
  }

  /** Shows no item as found. */
  clearFound() {
    this.#found = null;
    this.redraw();
  }

  /** Scrolls to the newest message. */
  scrollToEnd() {
    if (this.#conversation && this.#rows.to < this.#conversation.end) {
      this.#fill(Math.max(this.#conversation.start, this.#conversation.end - FIRST_ROWS));
    }
    this.#follows = true;
    this.#scrollToBottom();
    this.#actions.scrolled();
  }

  #draw() {
    this.#frame = 0;
    if (!this.#conversation) {
      return;
    }
    const { end, start } = this.#conversation;
    if (this.#stale || this.#rows.from < start) {
      this.#stale = false;
      this.#savePosition();
      this.#restorePosition();
      return;
    }
    if (this.#follows) {
      this.#follow(start, end);
    } else if (this.#rows.to < end && this.#rows.count < MAX_ROWS) {
      this.#append(Math.min(end, this.#rows.from + MAX_ROWS));
    }
    this.#drawPending();
    if (this.#follows) {
      this.#scrollToBottom();
    }
  }

  /** Shows all new items, and removes rows at the beginning if there are too many. */
  #follow(start, end) {
    if (end - this.#rows.to >= FIRST_ROWS) {
      this.#fill(Math.max(start, end - FIRST_ROWS));
      return;
    }
    this.#append(end);
    if (this.#rows.count > MAX_ROWS) {
      this.#rows.removeFirst(this.#rows.count - FIRST_ROWS);
    }
  }

  #drawPending() {
    const { end, pending } = this.#conversation;
    const shown = this.#rows.to === end ? pending : [];
    this.#rows.setPending(shown.map((entry) => pendingRow(entry, this.#actions)));
  }

  #row(number) {
    const conversation = this.#conversation;
    const row = messageRow(conversation.item(number), conversation.item(number - 1), conversation.isMarked(number));
    row.classList.toggle("found", number === this.#found);
    return row;
  }

  /** Replaces all rows by those from this number on. */
  #fill(from) {
    this.#rows.clear(from);
    this.#append(Math.min(this.#conversation.end, from + FIRST_ROWS));
  }

  #append(to) {
    this.#rows.append(to, (number) => this.#row(number));
  }

  #scrolled() {
    if (!this.#conversation) {
      return;
    }
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    const below = scrollHeight - scrollTop - clientHeight;
    // A list that follows goes on following if there are items that are not drawn yet.
    const showsLast = this.#follows || this.#rows.to === this.#conversation.end;
    const follows = showsLast && below < AT_END_PIXELS;
    if (follows !== this.#follows) {
      this.#follows = follows;
      this.#actions.scrolled();
    }
    if (scrollTop < NEAR_PIXELS) {
      this.#extendUp();
      if (this.#rows.from === this.#conversation.start) {
        this.#actions.loadOlder();
      }
    }
    if (below < NEAR_PIXELS && !follows) {
      this.#extendDown();
    }
  }

  #extendUp() {
    const rows = this.#rows;
    const from = Math.max(this.#conversation.start, rows.from - STEP_ROWS);
    if (from < rows.from && (!this.#follows || rows.count < FIRST_ROWS)) {
      this.#keepingView(() => rows.prepend(from, (number) => this.#row(number)));
      rows.trimLast(MAX_ROWS);
      this.#drawPending();
    }
  }

  #extendDown() {
    const to = Math.min(this.#conversation.end, this.#rows.to + STEP_ROWS);
    if (to > this.#rows.to) {
      this.#append(to);
      this.#drawPending();
      const surplus = this.#rows.count - MAX_ROWS;
      if (surplus > 0) {
        this.#keepingView(() => this.#rows.removeFirst(surplus));
      }
    }
  }

  /** Changes rows above the view without moving what is in view. */
  #keepingView(change) {
    const before = this.#box.scrollHeight - this.#box.scrollTop;
    change();
    this.#box.scrollTop = this.#follows ? this.#box.scrollHeight : this.#box.scrollHeight - before;
  }

  #savePosition() {
    if (this.#conversation) {
      const edge = this.#box.getBoundingClientRect().top;
      this.#conversation.scrollPosition = this.#follows ? null : this.#rows.firstBelow(edge);
    }
  }

  #restorePosition() {
    const { scrollPosition, start, end } = this.#conversation;
    const isThere = scrollPosition !== null && scrollPosition.number >= start && scrollPosition.number < end;
    this.#follows = !isThere;
    this.#fill(Math.max(start, isThere ? scrollPosition.number - STEP_ROWS : end - FIRST_ROWS));
    this.#drawPending();
    if (isThere) {
      const edge = this.#box.getBoundingClientRect().top;
      this.#box.scrollTop += this.#rows.topOf(scrollPosition.number) - edge - scrollPosition.top;
    } else {
      this.#scrollToBottom();
    }
    this.#actions.scrolled();
  }

  #scrollToBottom() {
    this.#box.scrollTop = this.#box.scrollHeight;
  }
}

/** The rows in the page: those of the items from one number to another, then those of the pending messages. */
class Rows {
  #list;
  #rows = [];
  #pending = [];

  /** The number of the first item with a row, and the number after the last. */
  from = 0;
  to = 0;

  constructor(list) {
    this.#list = list;
  }

  get count() {
    return this.#rows.length;
  }

  /** Removes all rows. The next row appended is that of item `from`. */
  clear(from = 0) {
    this.#list.replaceChildren();
    this.#rows = [];
    this.#pending = [];
    this.from = this.to = from;
  }

  /** Appends rows up to a number, which `create(number)` returns. */
  append(to, create) {
    const added = [];
    for (let number = this.to; number < to; number++) {
      added.push(create(number));
    }
    const [pending] = this.#pending;
    if (pending) {
      pending.before(...added);
    } else {
      this.#list.append(...added);
    }
    this.#rows.push(...added);
    this.to = Math.max(this.to, to);
  }

  /** Prepends rows from a number on. */
  prepend(from, create) {
    const added = [];
    for (let number = from; number < this.from; number++) {
      added.push(create(number));
    }
    // The first row depends on the item before it, which has a row now.
    const again = this.#rows.length > 0 ? [create(this.from)] : [];
    this.#rows.shift()?.replaceWith(...again);
    this.#list.prepend(...added);
    this.#rows.unshift(...added, ...again);
    this.from = from;
  }

  removeFirst(count) {
    this.#rows.splice(0, count).forEach((row) => row.remove());
    this.from += count;
  }

  /** Removes rows at the end if there are more than `max`. */
  trimLast(max) {
    const surplus = this.#rows.length - max;
    if (surplus > 0) {
      this.#rows.splice(max).forEach((row) => row.remove());
      this.to -= surplus;
    }
  }

  /** Replaces the rows of the pending messages. */
  setPending(rows) {
    this.#pending.forEach((row) => row.remove());
    this.#pending = rows;
    this.#list.append(...rows);
  }

  /** Returns the first row that ends below a line, `{number, top}`, with `top` from that line; `null` if none does. */
  firstBelow(line) {
    const index = this.#rows.findIndex((row) => row.getBoundingClientRect().bottom > line);
    return index < 0 ? null : { number: this.from + index, top: this.topOf(this.from + index) - line };
  }

  /** Returns the top of a row in the window. */
  topOf(number) {
    return this.#rows[number - this.from].getBoundingClientRect().top;
  }
}
