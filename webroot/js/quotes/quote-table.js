/**
 * The table of symbols. Updates only mark rows; what is marked is written once a frame, so that a thousand updates a
 * second cost no more than sixty drawings.
 */

import { say, spoken } from "../common/i18n.js";
import { change, number } from "../common/format.js";
import { Rate } from "./rate.js";
import { Spark } from "./spark.js";

const FLASH_MILLIS = 300;
/** A cell rests after a flash, so that none blinks three times a second. */
const REST_MILLIS = 400;
/** A row's line is drawn at most every so many milliseconds. */
const SPARK_MILLIS = 100;

class Row {
  dirty = true;
  sparkAt = 0;
  sparkDirty = true;
  #rate = new Rate();
  #flashAt = -Infinity;
  #shown = null;
  #cells = {};

  constructor(quote, choose) {
    this.quote = quote;
    this.element = document.createElement("tr");
    this.element.dataset.symbol = quote.symbol;
    const head = document.createElement("th");
    head.scope = "row";
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "quiet";
    this.button.textContent = quote.symbol;
    head.append(this.button);
    this.element.append(head);
    for (const name of ["last", "change", "spark", "rate", "conflated"]) {
      const cell = document.createElement("td");
      cell.className = name;
      this.#cells[name] = cell;
      this.element.append(cell);
    }
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    this.#cells.spark.append(canvas);
    this.spark = new Spark(canvas, () => (this.sparkDirty = true));
    this.element.addEventListener("click", () => choose(quote));
  }

  set chosen(chosen) {
    this.button.setAttribute("aria-pressed", String(chosen));
    this.element.classList.toggle("chosen", chosen);
  }

  write(now) {
    const { price, direction } = this.quote;
    const language = spoken();
    this.dirty = false;
    put(this.#cells.last, price === null ? "–" : number(language, price, 2));
    const part = this.quote.change;
    put(this.#cells.change, part === null ? "–" : change(language, part));
    this.#cells.change.dataset.way = part === null || part === 0 ? "" : part > 0 ? "up" : "down";
    if (this.#shown !== null && price !== this.#shown && now - this.#flashAt > FLASH_MILLIS + REST_MILLIS) {
      this.#cells.last.dataset.flash = direction > 0 ? "up" : "down";
      this.#flashAt = now;
    }
    this.#shown = price;
  }

  /** Ends a flash whose time is over. */
  rest(now) {
    if (now - this.#flashAt > FLASH_MILLIS && this.#cells.last.dataset.flash) {
      delete this.#cells.last.dataset.flash;
    }
  }

  writeRates(now) {
    const language = spoken();
    put(this.#cells.rate, number(language, this.#rate.at(now, this.quote.heard)));
    put(this.#cells.conflated, number(language, this.quote.conflated));
  }
}

function put(cell, text) {
  if (cell.textContent !== text) {
    cell.textContent = text;
  }
}

export class Table {
  #body;
  #onChoose;
  #rows = new Map();

  /** `onChoose(quote)` is called when another symbol is chosen. */
  constructor(body, onChoose) {
    this.#body = body;
    this.#onChoose = onChoose;
    body.addEventListener("keydown", (event) => this.#move(event));
  }

  /** Shows these symbols too, in the order of their names. */
  add(quotes) {
    for (const quote of quotes) {
      if (!this.#rows.has(quote)) {
        this.#rows.set(quote, new Row(quote, this.#onChoose));
      }
    }
    const rows = [...this.#rows.values()].sort((a, b) => (a.quote.symbol < b.quote.symbol ? -1 : 1));
    this.#body.append(...rows.map(({ element }) => element));
  }

  choose(chosen) {
    for (const [quote, row] of this.#rows) {
      row.chosen = quote === chosen;
    }
  }

  /** Something of this symbol has changed. */
  mark(quote) {
    const row = this.#rows.get(quote);
    if (row) {
      row.dirty = true;
      row.sparkDirty = true;
    }
  }

  /** Everything is to be written again: the language or the colours are others. */
  markAll() {
    this.#rows.forEach((row, quote) => this.mark(quote));
  }

  /** Writes what was marked; lines in `colour`, as of the moment `clock`. */
  draw(now, clock, colour) {
    let lines = Math.ceil(this.#rows.size / 6);
    for (const row of this.#rows.values()) {
      row.rest(now);
      if (row.dirty) {
        row.write(now);
      }
      if (row.sparkDirty && lines > 0 && now - row.sparkAt > SPARK_MILLIS) {
        row.sparkDirty = false;
        row.sparkAt = now;
        row.spark.draw(row.quote, clock, colour);
        lines--;
      }
    }
  }

  writeRates(now) {
    this.#rows.forEach((row) => row.writeRates(now));
  }

  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const buttons = [...this.#body.querySelectorAll("button")];
    const next = buttons[buttons.indexOf(document.activeElement) + (step ?? 0)];
    if (step && next) {
      event.preventDefault();
      next.focus();
      next.click();
    }
  }
}

/** A sentence for those who do not see the line of a symbol. */
export function described(quote, clock, seconds) {
  const language = spoken();
  const { prices } = quote.since(clock - seconds * 1000);
  if (prices.length === 0) {
    return say("chartEmpty", { symbol: quote.symbol });
  }
  return say("chart", {
    symbol: quote.symbol,
    seconds,
    price: number(language, quote.price, 2),
    change: change(language, quote.change),
    least: number(language, prices.reduce((a, b) => Math.min(a, b)), 2),
    most: number(language, prices.reduce((a, b) => Math.max(a, b)), 2),
  });
}
