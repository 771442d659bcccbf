/**
 * The chart of the last minute of one symbol, by uPlot. It moves with the clock. Pointer and keys choose a time, whose
 * price is marked and told.
 */

import { tokenColours } from "../common/canvas.js";
import { clockTime } from "../common/format.js";
import { number } from "../common/intl.js";

/** The smallest range of the y axis as a part of the price, so that calm prices look calm. */
const MIN_RANGE = 0.002;

const FONT = "12px system-ui, sans-serif";

/** How far keys move the chosen time, in milliseconds. */
const STEPS = { ArrowLeft: -1000, ArrowRight: 1000, PageDown: -10_000, PageUp: 10_000, Home: -Infinity, End: Infinity };

const DOT = 4;

/** How far the middle of a time below the chart is from the left edge at least, in CSS pixels. */
const MIN_LABEL_X = 24;

export class PriceChart {
  #box;
  #onChoose;
  #plot = null;
  #quote = null;
  #clock = 0;
  #start = 0;
  /** The range of the y axis. */
  #range = [0, 1];
  /** What the user points at: `{x}` in CSS pixels, or `{time}` chosen by keys, `Infinity` for the newest; `null` for nothing. */
  #pointer = null;

  /** Fills a box, whose size comes from CSS. `onChoose()` is called when the user points at another time. */
  constructor(box, onChoose) {
    this.#box = box;
    this.#onChoose = onChoose;
    new ResizeObserver(() => {
      this.#plot?.setSize(this.#size());
      onChoose();
    }).observe(box);
    const point = ({ clientX }) => this.#point({ x: clientX - this.#plot.over.getBoundingClientRect().left });
    box.addEventListener("pointermove", (event) => this.#plot && point(event));
    box.addEventListener("pointerdown", (event) => this.#plot && point(event));
    box.addEventListener("pointerleave", () => this.#point(null));
    box.addEventListener("keydown", (event) => this.#keyPressed(event));
    box.addEventListener("focus", () => this.#pointer ?? this.#point({ time: Infinity }));
    box.addEventListener("blur", () => this.#point(null));
  }

  /** The time and price that the user points at, `{time, price}`; `null` for none. */
  get chosen() {
    if (!this.#pointer || !this.#plot || !this.#quote) {
      return null;
    }
    const { x, time } = this.#pointer;
    return this.#quote.at(x === undefined ? Math.max(time, this.#start) : this.#plot.posToVal(x, "x"));
  }

  /** Draws again with the present colours and language. */
  repaint() {
    if (this.#plot) {
      this.#plot.destroy();
      this.#plot = this.#create();
    }
  }

  /** Draws the prices of a quote up to a time. */
  draw(quote, clock) {
    this.#quote = quote;
    this.#clock = clock;
    this.#start = quote.plotStart(clock);
    const { times, prices } = quote.since(this.#start);
    this.#range = priceRange(prices);
    this.#plot ??= this.#create();
    this.#plot.batch(() => {
      this.#plot.setData([times, prices], false);
      this.#plot.setScale("x", { min: this.#start, max: clock });
    });
  }

  #point(pointer) {
    this.#pointer = pointer;
    this.#onChoose();
  }

  #keyPressed(event) {
    const step = STEPS[event.key];
    if (event.key === "Escape") {
      this.#point(null);
    } else if (step !== undefined && this.#quote) {
      event.preventDefault();
      const from = Math.min(this.chosen?.time ?? Infinity, this.#clock);
      const time = Math.max(this.#start, from + step);
      this.#point({ time: time >= this.#clock ? Infinity : time });
    }
  }

  #size() {
    return { width: this.#box.clientWidth, height: this.#box.clientHeight };
  }

  #create() {
    return new window.uPlot(this.#options(), [[], []], this.#box);
  }

  #options() {
    const [line, grid, text] = tokenColours(["--accent", "--line", "--dim"]);
    const axis = { stroke: text, font: FONT, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
    return {
      ...this.#size(),
      ms: 1,
      legend: { show: false },
      cursor: { show: false },
      select: { show: false },
      padding: [12, 8, 0, 8],
      scales: { x: { time: true, auto: false }, y: { range: () => this.#range } },
      axes: [
        { ...axis, space: 96, size: 32, values: timesInside },
        { ...axis, side: 1, size: 60, values: (_, prices) => prices.map((one) => number(one, 2)) },
      ],
      series: [{}, { stroke: line, width: 1.5, points: { show: false }, pxAlign: 0 }],
      hooks: { draw: [(plot) => this.#drawMarks(plot, line, text)] },
    };
  }

  /** Draws the last price until now, and a mark where the user points. */
  #drawMarks(plot, line, text) {
    const quote = this.#quote;
    if (!quote || quote.length === 0) {
      return;
    }
    const { ctx, bbox } = plot;
    const at = (time, price) => [plot.valToPos(time, "x", true), plot.valToPos(price, "y", true)];
    ctx.save();
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.strokeStyle = ctx.fillStyle = line;
    ctx.beginPath();
    ctx.moveTo(...at(Math.max(this.#start, quote.newest), quote.price));
    ctx.lineTo(...at(this.#clock, quote.price));
    ctx.stroke();
    const { time, price } = this.chosen ?? {};
    if (price !== undefined) {
      const [x, y] = at(Math.max(this.#start, time), price);
      ctx.beginPath();
      ctx.arc(x, y, DOT * devicePixelRatio, 0, 2 * Math.PI);
      ctx.fill();
      ctx.strokeStyle = text;
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.restore();
  }
}

function priceRange(prices) {
  if (prices.length === 0) {
    return [0, 1];
  }
  let least = Infinity;
  let most = -Infinity;
  for (const price of prices) {
    least = Math.min(least, price);
    most = Math.max(most, price);
  }
  const middle = (least + most) / 2;
  const half = Math.max(most - least, middle * MIN_RANGE) * 0.55 || 1;
  return [middle - half, middle + half];
}

/** Returns the texts at these times, without that of a mark at the left edge, which would be cut off. */
function timesInside(plot, times) {
  return times.map((time) => (plot.valToPos(time, "x") < MIN_LABEL_X ? "" : clockTime(time)));
}
