/**
 * The list of messages: a window of the conversation, of at most `MOST_ROWS` rows, that moves as one
 * scrolls. What comes is drawn once a frame. So a long or busy room costs a page no more than a calm one.
 */

import { pendingRow, row } from "./row.js";

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
  #list;
  #act;
  #conversation = null;
  #from = 0;
  #to = 0;
  #rows = [];
  #pendingRows = [];
  #follows = true;
  #frame = 0;
  #stale = false;

  /** `act` has `retry(entry)`, `discard(entry)`, `isLive()`, `older()` and `moved(atEnd)`. */
  constructor(log, list, act) {
    this.#log = log;
    this.#list = list;
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
      this.#list.replaceChildren();
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
    if (this.#conversation && this.#to < this.#conversation.end) {
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
    if (this.#stale || this.#from < start) {
      this.#stale = false;
      this.#keepPlace();
      this.#restore();
      return;
    }
    if (this.#follows) {
      this.#follow(start, end);
    } else if (this.#to < end && this.#rows.length < MOST_ROWS) {
      this.#append(Math.min(end, this.#from + MOST_ROWS));
    }
    this.#drawPending();
    if (this.#follows) {
      this.#toBottom();
    }
  }

  /** All that is new is shown, and as much taken away in front. */
  #follow(start, end) {
    if (end - this.#to >= FIRST_ROWS) {
      this.#fill(Math.max(start, end - FIRST_ROWS));
      return;
    }
    this.#append(end);
    if (this.#rows.length > MOST_ROWS) {
      this.#dropFirst(this.#rows.length - FIRST_ROWS);
    }
  }

  #drawPending() {
    this.#pendingRows.forEach((element) => element.remove());
    const isShown = this.#to === this.#conversation.end;
    this.#pendingRows = (isShown ? this.#conversation.pending : []).map((entry) =>
      pendingRow(entry, this.#act.isLive(), this.#act),
    );
    this.#list.append(...this.#pendingRows);
  }

  #row(number) {
    const conversation = this.#conversation;
    const unread = conversation.isMarked(number) ? conversation.mark.count : 0;
    return row(conversation.item(number), conversation.item(number - 1), unread);
  }

  /** Begins anew with the rows from this number on. */
  #fill(from) {
    this.#list.replaceChildren();
    this.#rows = [];
    this.#pendingRows = [];
    this.#from = this.#to = from;
    this.#append(Math.min(this.#conversation.end, from + FIRST_ROWS));
  }

  #append(to) {
    const added = [];
    for (let number = this.#to; number < to; number++) {
      added.push(this.#row(number));
    }
    const [pending] = this.#pendingRows;
    if (pending) {
      pending.before(...added);
    } else {
      this.#list.append(...added);
    }
    this.#rows.push(...added);
    this.#to = Math.max(this.#to, to);
  }

  #prepend(from) {
    const added = [];
    for (let number = from; number < this.#from; number++) {
      added.push(this.#row(number));
    }
    // The row that was the first one has another in front of it now.
    const again = this.#rows.length > 0 ? [this.#row(this.#from)] : [];
    this.#rows.shift()?.replaceWith(...again);
    this.#list.prepend(...added);
    this.#rows.unshift(...added, ...again);
    this.#from = from;
  }

  #dropFirst(count) {
    this.#rows.splice(0, count).forEach((element) => element.remove());
    this.#from += count;
  }

  #dropLast(count) {
    if (count > 0) {
      this.#rows.splice(this.#rows.length - count).forEach((element) => element.remove());
      this.#to -= count;
    }
  }

  #scrolled() {
    if (!this.#conversation) {
      return;
    }
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    const below = scrollHeight - scrollTop - clientHeight;
    if (scrollTop < NEAR_PIXELS) {
      this.#extendUp();
      if (this.#from === this.#conversation.start) {
        this.#act.older();
      }
    }
    if (below < NEAR_PIXELS && !this.#follows) {
      this.#extendDown();
    }
    // Who follows does so even where something has come that is not drawn yet.
    const isLast = this.#follows || this.#to === this.#conversation.end;
    const follows = isLast && below < AT_END_PIXELS;
    if (follows !== this.#follows) {
      this.#follows = follows;
      this.#act.moved(follows);
    }
  }

  #extendUp() {
    const from = Math.max(this.#conversation.start, this.#from - STEP_ROWS);
    if (from < this.#from && (!this.#follows || this.#rows.length < FIRST_ROWS)) {
      this.#keeping(() => this.#prepend(from));
      this.#dropLast(this.#rows.length - MOST_ROWS);
      this.#drawPending();
    }
  }

  #extendDown() {
    const to = Math.min(this.#conversation.end, this.#to + STEP_ROWS);
    if (to > this.#to) {
      this.#append(to);
      this.#drawPending();
      const surplus = this.#rows.length - MOST_ROWS;
      if (surplus > 0) {
        this.#keeping(() => this.#dropFirst(surplus));
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
    if (!this.#conversation) {
      return;
    }
    this.#conversation.place = null;
    if (!this.#follows) {
      const edge = this.#log.getBoundingClientRect().top;
      const index = this.#rows.findIndex((one) => one.getBoundingClientRect().bottom > edge);
      if (index >= 0) {
        const top = this.#rows[index].getBoundingClientRect().top - edge;
        this.#conversation.place = { number: this.#from + index, top };
      }
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
      const { top } = this.#rows[place.number - this.#from].getBoundingClientRect();
      this.#log.scrollTop += top - edge - place.top;
    } else {
      this.#toBottom();
    }
    this.#act.moved(this.#follows);
  }

  #toBottom() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
