/**
 * The rows of the list of messages that are in the page: those of the items from one number to another,
 * and behind them those of what is pending.
 */
export class Rows {
  #list;
  #rows = [];
  #pending = [];

  /** The number of the first item that has a row, and of the one behind the last. */
  from = 0;
  to = 0;

  /** Rows in this element. */
  constructor(list) {
    this.#list = list;
  }

  get count() {
    return this.#rows.length;
  }

  /** Takes all rows away; the next one is that of a number. */
  clear(from = 0) {
    this.#list.replaceChildren();
    this.#rows = [];
    this.#pending = [];
    this.from = this.to = from;
  }

  /** Adds rows behind the others, up to a number. `make(number)` makes one. */
  append(to, make) {
    const added = [];
    for (let number = this.to; number < to; number++) {
      added.push(make(number));
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

  /** Adds rows in front of the others, from a number on. */
  prepend(from, make) {
    const added = [];
    for (let number = from; number < this.from; number++) {
      added.push(make(number));
    }
    // The row that was the first one has another in front of it now.
    const again = this.#rows.length > 0 ? [make(this.from)] : [];
    this.#rows.shift()?.replaceWith(...again);
    this.#list.prepend(...added);
    this.#rows.unshift(...added, ...again);
    this.from = from;
  }

  dropFirst(count) {
    this.#rows.splice(0, count).forEach((element) => element.remove());
    this.from += count;
  }

  /** Takes as many away behind as there are more than `most`. */
  dropLastOver(most) {
    const surplus = this.#rows.length - most;
    if (surplus > 0) {
      this.#rows.splice(most).forEach((element) => element.remove());
      this.to -= surplus;
    }
  }

  /** Shows these rows behind the others, in place of those that were. */
  setPending(rows) {
    this.#pending.forEach((element) => element.remove());
    this.#pending = rows;
    this.#list.append(...rows);
  }

  /** The first row that ends below a line: `{number, top}`, `top` from that line; `null` for none. */
  firstBelow(line) {
    const index = this.#rows.findIndex((one) => one.getBoundingClientRect().bottom > line);
    return index < 0 ? null : { number: this.from + index, top: this.topOf(this.from + index) - line };
  }

  /** Where the row of a number begins in the window. */
  topOf(number) {
    return this.#rows[number - this.from].getBoundingClientRect().top;
  }
}
