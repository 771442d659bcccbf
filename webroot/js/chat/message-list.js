/**
 * The list of messages: a window of the conversation, of at most `MOST_ROWS` rows, that moves as one
 * scrolls. What comes is drawn once a frame. So a long or busy room costs a page no more than a calm one.
 */

import { pendingRow, row } from "./message-row.js";
import { Rows } from "./rows.js";

const MOST_ROWS = 200;
/** So many rows are shown at first, and so many are added at an end. */
const FIRST_ROWS = 100;
const STEP_ROWS = 50;
/** So close to an end of what is shown more is added. */
const NEAR_PIXELS = 600;
/** So close to the end of the list is at it. */
const AT_END_PIXELS = 48;

export class List {
  #log;
  #act;
  #conversation = null;
  #rows;
  #follows = true;
  #frame = 0;
  #stale = false;

  /** `act` has what `pendingRow` asks for, `older()` and `moved(atEnd)`. */
  constructor(log, list, act) {
    this.#log = log;
    this.#rows = new Rows(list);
    this.#act = act;
    log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#follows && this.#toBottom()).observe(log);
  }

  /** Whether the newest message is in view. */
  get isAtEnd() {
    return this.#follows;
  }

  /** Shows another conversation, where it was left; `null` for none. */
  show(conversation) {
    this.#keepPlace();
    this.#conversation = conversation;
    if (conversation) {
      this.#restore();
    } else {
      this.#rows.clear();
    }
  }

  /** Something was added at the end, or is pending no longer. */
  changed() {
    if (this.#conversation) {
      this.#frame ||= requestAnimationFrame(() => this.#draw());
    }
  }

  /** Something was added at the beginning. */
  older() {
    this.#extendUp();
    this.changed();
  }

  /** Draws everything again, in another language perhaps. */
  redraw() {
    this.#stale = true;
    this.changed();
  }

  /** Goes to the newest message. */
  toEnd() {
    if (this.#conversation && this.#rows.to < this.#conversation.end) {
      this.#fill(Math.max(this.#conversation.start, this.#conversation.end - FIRST_ROWS));
    }
    this.#follows = true;
    this.#toBottom();
    this.#act.moved(true);
  }

  #draw() {
    this.#frame = 0;
    if (!this.#conversation) {
      return;
    }
    const { end, start } = this.#conversation;
    if (this.#stale || this.#rows.from < start) {
      this.#stale = false;
      this.#keepPlace();
      this.#restore();
      return;
    }
    if (this.#follows) {
      this.#follow(start, end);
    } else if (this.#rows.to < end && this.#rows.count < MOST_ROWS) {
      this.#append(Math.min(end, this.#rows.from + MOST_ROWS));
    }
    this.#drawPending();
    if (this.#follows) {
      this.#toBottom();
    }
  }

  /** All that is new is shown, and as much taken away in front. */
  #follow(start, end) {
    if (end - this.#rows.to >= FIRST_ROWS) {
      this.#fill(Math.max(start, end - FIRST_ROWS));
      return;
    }
    this.#append(end);
    if (this.#rows.count > MOST_ROWS) {
      this.#rows.dropFirst(this.#rows.count - FIRST_ROWS);
    }
  }

  #drawPending() {
    const { end, pending } = this.#conversation;
    const shown = this.#rows.to === end ? pending : [];
    this.#rows.setPending(shown.map((entry) => pendingRow(entry, this.#act)));
  }

  #row(number) {
    const conversation = this.#conversation;
    const unread = conversation.isMarked(number) ? conversation.mark.count : 0;
    return row(conversation.item(number), conversation.item(number - 1), unread);
  }

  /** Begins anew with the rows from this number on. */
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
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    const below = scrollHeight - scrollTop - clientHeight;
    // Who follows does so even where something has come that is not drawn yet.
    const isLast = this.#follows || this.#rows.to === this.#conversation.end;
    const follows = isLast && below < AT_END_PIXELS;
    if (follows !== this.#follows) {
      this.#follows = follows;
      this.#act.moved(follows);
    }
    if (scrollTop < NEAR_PIXELS) {
      this.#extendUp();
      if (this.#rows.from === this.#conversation.start) {
        this.#act.older();
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
      this.#keeping(() => rows.prepend(from, (number) => this.#row(number)));
      rows.dropLastOver(MOST_ROWS);
      this.#drawPending();
    }
  }

  #extendDown() {
    const to = Math.min(this.#conversation.end, this.#rows.to + STEP_ROWS);
    if (to > this.#rows.to) {
      this.#append(to);
      this.#drawPending();
      const surplus = this.#rows.count - MOST_ROWS;
      if (surplus > 0) {
        this.#keeping(() => this.#rows.dropFirst(surplus));
      }
    }
  }

  /** Changes what is above and leaves in place what is seen. */
  #keeping(change) {
    const before = this.#log.scrollHeight - this.#log.scrollTop;
    change();
    this.#log.scrollTop = this.#follows ? this.#log.scrollHeight : this.#log.scrollHeight - before;
  }

  #keepPlace() {
    if (this.#conversation) {
      const edge = this.#log.getBoundingClientRect().top;
      this.#conversation.place = this.#follows ? null : this.#rows.firstBelow(edge);
    }
  }

  #restore() {
    const { place, start, end } = this.#conversation;
    const isThere = place !== null && place.number >= start && place.number < end;
    this.#follows = !isThere;
    this.#fill(Math.max(start, isThere ? place.number - STEP_ROWS : end - FIRST_ROWS));
    this.#drawPending();
    if (isThere) {
      const edge = this.#log.getBoundingClientRect().top;
      this.#log.scrollTop += this.#rows.topOf(place.number) - edge - place.top;
    } else {
      this.#toBottom();
    }
    this.#act.moved(this.#follows);
  }

  #toBottom() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
