/** A small plot of the last minutes, by uPlot: lines without axes, which share where the pointer is. */

import { colours } from "../common/canvas.js";

/** Under the pointer the same moment is shown in all plots. */
const TOGETHER = "console";

/** The first line's colour, that under it, and the second line's. */
const TOKENS = ["--accent", "--accent-faint", "--information"];

export class Plot {
  #box;
  #lines;
  #onPoint;
  #plot = null;
  #data = null;

  /** Fills a box, whose size is given by the page's style. `onPoint(index)`: where the pointer is; null outside. */
  constructor(box, lines, onPoint) {
    this.#box = box;
    this.#lines = lines;
    this.#onPoint = onPoint;
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(box);
  }

  /** Takes the page's colours as they are now. */
  repaint() {
    if (this.#plot) {
      this.#plot.destroy();
      this.#plot = this.#made();
    }
  }

  /** Shows moments and the values of each line at them; null where there is none. */
  draw(data) {
    this.#data = data;
    if (this.#box.clientWidth === 0) {
      return;
    }
    if (this.#plot) {
      this.#plot.setData(data);
    } else {
      this.#plot = this.#made();
    }
  }

  #size() {
    return { width: this.#box.clientWidth, height: this.#box.clientHeight };
  }

  #made() {
    const [first, faint, second] = colours(TOKENS);
    const line = { width: 1.5, points: { show: false }, spanGaps: false };
    const strokes = [
      { ...line, stroke: first, fill: faint },
      { ...line, stroke: second },
    ];
    const options = {
      ...this.#size(),
      legend: { show: false },
      select: { show: false },
      padding: [3, 0, 1, 0],
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false }, sync: { key: TOGETHER } },
      scales: { x: { time: false }, y: { range: (_, least, most) => [Math.min(0, least ?? 0), (most || 1) * 1.08] } },
      axes: [{ show: false }, { show: false }],
      series: [{}, ...strokes.slice(0, this.#lines)],
      hooks: { setCursor: [(plot) => this.#onPoint(plot.cursor.idx ?? null)] },
    };
    return new window.uPlot(options, this.#data, this.#box);
  }
}
