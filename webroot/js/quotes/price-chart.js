/** The chart of the last minute of one symbol, by uPlot. It moves with the clock. */

import { tokenColours } from "../common/canvas.js";
import { clockTime } from "../common/format.js";
import { number } from "../common/intl.js";

export const CHART_SECONDS = 60;

/** The smallest range of the y axis as a part of the price, so that calm prices look calm. */
const MIN_RANGE = 0.002;

const FONT = "12px system-ui, sans-serif";

export class PriceChart {
  #box;
  #plot = null;

  /** Fills a box, whose size comes from CSS. */
  constructor(box) {
    this.#box = box;
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(box);
  }

  #size() {
    return { width: this.#box.clientWidth, height: this.#box.clientHeight };
  }

  /** Draws again with the present colours and language. */
  repaint() {
    if (this.#plot) {
      this.#plot.destroy();
      this.#plot = this.#create();
    }
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
      scales: { x: { time: true, auto: false }, y: { range: (_, least, most) => priceRange(least, most) } },
      axes: [
        { ...axis, space: 96, size: 32, values: (_, times) => times.map(clockTime) },
        { ...axis, side: 1, size: 60, values: (_, prices) => prices.map((one) => number(one, 2)) },
      ],
      series: [{}, { stroke: line, width: 1.5, points: { show: false }, pxAlign: 0 }],
    };
  }

  /** Draws the prices of a quote up to a time. */
  draw(quote, clock) {
    this.#plot ??= this.#create();
    const from = clock - CHART_SECONDS * 1000;
    const { times, prices } = quote.since(from);
    this.#plot.batch(() => {
      this.#plot.setData([times, prices], false);
      this.#plot.setScale("x", { min: from, max: clock });
    });
  }
}

function priceRange(least, most) {
  if (least === null) {
    return [0, 1];
  }
  const middle = (least + most) / 2;
  const half = Math.max(most - least, middle * MIN_RANGE) * 0.55;
  return [middle - half, middle + half];
}
