/** The chosen symbol's prices of the last minute, by uPlot: a window that moves with the clock. */

import { spoken } from "../common/i18n.js";
import { number } from "../common/format.js";
import { colours } from "../common/canvas.js";

export const CHART_SECONDS = 60;

/** The least height of the window, as a part of the price: calm prices look calm. */
const LEAST_SPREAD = 0.002;

const FONT = "12px system-ui, sans-serif";

export class PriceChart {
  #box;
  #plot = null;

  /** Fills the box, whose size is given by the page's style. */
  constructor(box) {
    this.#box = box;
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(box);
  }

  #size() {
    return { width: this.#box.clientWidth, height: this.#box.clientHeight };
  }

  /** Takes the page's colours and language as they are now. */
  repaint() {
    if (this.#plot) {
      this.#plot.destroy();
      this.#plot = this.#made();
    }
  }

  #made() {
    return new window.uPlot(this.#options(), [[], []], this.#box);
  }

  #options() {
    const [line, grid, text] = colours(["--accent", "--line", "--dim"]);
    const axis = { stroke: text, font: FONT, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
    const clock = new Intl.DateTimeFormat(spoken(), { timeStyle: "medium" });
    return {
      ...this.#size(),
      ms: 1,
      legend: { show: false },
      cursor: { show: false },
      select: { show: false },
      padding: [12, 8, 0, 8],
      scales: { x: { time: true, auto: false }, y: { range: (_, least, most) => spread(least, most) } },
      axes: [
        { ...axis, space: 96, size: 32, values: (_, moments) => moments.map((moment) => clock.format(moment)) },
        { ...axis, side: 1, size: 60, values: (_, prices) => prices.map((one) => number(spoken(), one, 2)) },
      ],
      series: [{}, { stroke: line, width: 1.5, points: { show: false }, pxAlign: 0 }],
    };
  }

  /** Draws the prices up to a moment. */
  draw(quote, clock) {
    this.#plot ??= this.#made();
    const from = clock - CHART_SECONDS * 1000;
    const { times, prices } = quote.since(from);
    this.#plot.batch(() => {
      this.#plot.setData([times, prices], false);
      this.#plot.setScale("x", { min: from, max: clock });
    });
  }
}

function spread(least, most) {
  if (least === null) {
    return [0, 1];
  }
  const middle = (least + most) / 2;
  const half = Math.max(most - least, middle * LEAST_SPREAD) * 0.55;
  return [middle - half, middle + half];
}
