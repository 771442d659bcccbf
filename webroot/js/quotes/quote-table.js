/**
 * The table of symbols. Updates only mark rows; marked rows are drawn once a frame, so that a thousand updates a second
 * cost no more than sixty drawings.
 */

import { ResponsiveCanvas } from "../common/canvas.js";
import { element, setText } from "../common/dom.js";
import { percentChange } from "../common/format.js";
import { number } from "../common/intl.js";
import { translate } from "../translations/quotes.js";
import { PLOT_SECONDS } from "./quote.js";
import { Rate } from "./rate.js";

const FLASH_MILLIS = 300;
/** A cell does not flash again for this long, so that none flashes three times a second. */
const REST_MILLIS = 400;

/** A sparkline is drawn at most once in this time. */
const SPARKLINE_MILLIS = 100;
const INSET = 2;

export class QuoteTable {
  #body;
  #onChoose;
  #rows = new Map();

  /** Fills a table body. `onChoose(quote)` is called when the user chooses a symbol. */
  constructor(body, onChoose) {
    this.#body = body;
    this.#onChoose = onChoose;
    body.addEventListener("keydown", (event) => this.#moveFocus(event));
  }

  /** Adds the rows of these quotes, and sorts all by symbol. */
  add(quotes) {
    for (const quote of quotes) {
      if (!this.#rows.has(quote)) {
        this.#rows.set(quote, new Row(quote, this.#onChoose));
      }
    }
    const rows = [...this.#rows.values()].sort((a, b) => (a.quote.symbol < b.quote.symbol ? -1 : 1));
    this.#body.append(...rows.map(({ element: row }) => row));
  }

  choose(chosen) {
    this.#rows.forEach((row, quote) => row.setChosen(quote === chosen));
  }

  /** Marks the row of a quote that has changed. */
  mark(quote) {
    const row = this.#rows.get(quote);
    if (row) {
      row.isStale = true;
      row.isSparklineStale = true;
    }
  }

  /** Marks all rows, when language or colours have changed. */
  markAll() {
    this.#rows.forEach((row, quote) => this.mark(quote));
  }

  /** Draws what was marked, with the sparklines up to the time `clock`: some of them, or `all`. */
  draw(now, clock, colour, all = false) {
    let sparklines = all ? Infinity : Math.ceil(this.#rows.size / 6);
    for (const row of this.#rows.values()) {
      row.endFlash(now);
      if (row.isStale) {
        row.drawPrice(now);
      }
      if (row.isSparklineStale && sparklines > 0 && (all || now - row.sparklineDrawnAt > SPARKLINE_MILLIS)) {
        row.isSparklineStale = false;
        row.sparklineDrawnAt = now;
        row.sparkline.draw(row.quote, clock, colour);
        sparklines--;
      }
    }
  }

  /** Ends all flashes. */
  endFlashes() {
    this.#rows.forEach((row) => row.endFlash(Infinity));
  }

  /** Measures the rates of all rows. */
  measure(now) {
    this.#rows.forEach((row) => row.measure(now));
  }

  /** Measures rates from now on: what was counted before is no part of them. */
  resetRates() {
    this.#rows.forEach((row) => row.resetRate());
  }

  drawRates() {
    this.#rows.forEach((row) => row.drawRates());
  }

  #moveFocus(event) {
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

class Row {
  isStale = true;
  isSparklineStale = true;
  sparklineDrawnAt = 0;
  #rate = new Rate();
  #perSecond = 0;
  #flashAt = -Infinity;
  #price = null;
  #cells = {};
  #button;

  constructor(quote, choose) {
    this.quote = quote;
    this.#button = element("button", { type: "button", className: "quiet", textContent: quote.symbol });
    this.element = element("tr", {}, element("th", { scope: "row" }, this.#button));
    this.element.dataset.symbol = quote.symbol;
    for (const name of ["last", "change", "spark", "rate", "conflated"]) {
      this.#cells[name] = element("td", { className: name });
      this.element.append(this.#cells[name]);
    }
    const canvas = element("canvas", { ariaHidden: "true" });
    this.#cells.spark.append(canvas);
    this.sparkline = new Sparkline(canvas, () => (this.isSparklineStale = true));
    this.element.addEventListener("click", () => choose(quote));
  }

  setChosen(chosen) {
    this.#button.setAttribute("aria-pressed", String(chosen));
    this.element.classList.toggle("chosen", chosen);
  }

  drawPrice(now) {
    const { price, direction, change } = this.quote;
    this.isStale = false;
    setText(this.#cells.last, number(price, 2));
    setText(this.#cells.change, percentChange(change));
    this.#cells.change.dataset.direction = directionOf(change);
    if (this.#price !== null && price !== this.#price && now - this.#flashAt > FLASH_MILLIS + REST_MILLIS) {
      this.#cells.last.dataset.flash = direction > 0 ? "up" : "down";
      this.#flashAt = now;
    }
    this.#price = price;
  }

  /** Ends a flash whose time is over. */
  endFlash(now) {
    if (now - this.#flashAt > FLASH_MILLIS && this.#cells.last.dataset.flash) {
      delete this.#cells.last.dataset.flash;
    }
  }

  measure(now) {
    this.#perSecond = this.#rate.update(now, this.quote.received);
  }

  resetRate() {
    this.#rate.reset();
  }

  drawRates() {
    setText(this.#cells.rate, number(this.#perSecond));
    setText(this.#cells.conflated, number(this.quote.conflated));
  }
}

/** A line of the last prices, as wide as its cell. */
class Sparkline {
  #canvas;

  constructor(canvas, onResize) {
    this.#canvas = new ResponsiveCanvas(canvas, onResize);
  }

  draw(quote, now, colour) {
    const area = this.#canvas.clear();
    if (!area || quote.length < 2) {
      return;
    }
    const { context, width, height } = area;
    const from = quote.plotStart(now);
    const { times, prices } = quote.since(from);
    let least = Infinity;
    let most = -Infinity;
    for (const price of prices) {
      least = Math.min(least, price);
      most = Math.max(most, price);
    }
    const tall = most - least || 1;
    context.strokeStyle = colour;
    context.lineWidth = 1.25;
    context.beginPath();
    // More points than pixels would not be visible.
    const step = Math.max(1, Math.floor(prices.length / width));
    for (let i = 0; i < prices.length; i += step) {
      const x = Math.max(0, ((times[i] - from) / (now - from)) * width);
      context.lineTo(x, INSET + (1 - (prices[i] - least) / tall) * (height - 2 * INSET));
    }
    context.lineTo(width, INSET + (1 - (prices.at(-1) - least) / tall) * (height - 2 * INSET));
    context.stroke();
  }
}

/** Returns `up`, `down` or an empty text for a change. */
export function directionOf(change) {
  return change ? (change > 0 ? "up" : "down") : "";
}

/** Returns a description of a quote's chart for screen readers. */
export function chartDescription(quote, clock) {
  const { prices } = quote.since(quote.plotStart(clock));
  if (prices.length === 0) {
    return translate("chartEmpty", { symbol: quote.symbol });
  }
  return translate("chart", {
    symbol: quote.symbol,
    seconds: PLOT_SECONDS,
    price: number(quote.price, 2),
    change: percentChange(quote.change),
    least: number(prices.reduce((a, b) => Math.min(a, b)), 2),
    most: number(prices.reduce((a, b) => Math.max(a, b)), 2),
  });
}
