/**
 * A chart of the delays of the last seconds on one logarithmic scale: a strip for each transport, with a bar for each
 * message at the time when it was sent.
 */

import { ResponsiveCanvas } from "../common/canvas.js";

export const SECONDS = 20;

/** The grid lines in milliseconds. Delays below the first or above the last are drawn there. */
const MARKS = [1, 10, 100, 1000, 10_000];
const LEFT = 52;
const BETWEEN = 22;
const BOTTOM = 20;
const LEAST_HEIGHT = 2;
const BAR = 3;

/** Returns the height of a delay as a part of its strip. */
function heightOf(millis) {
  const most = Math.log10(MARKS.at(-1));
  return Math.min(1, Math.max(0, Math.log10(Math.max(millis, 1)) / most));
}

export class DelayChart {
  #canvas;
  #bars = [];
  #labels;

  /** Creates a chart of `count` strips. `labels` has `name(strip)`, `time(millis)` and `end()`. */
  constructor(canvas, count, labels) {
    this.#canvas = new ResponsiveCanvas(canvas);
    this.#labels = labels;
    for (let i = 0; i < count; i++) {
      this.#bars.push([]);
    }
  }

  /** Adds a message that was sent at `at` to a strip, counted from 0. */
  add(strip, at, millis) {
    this.#bars[strip].push({ at, millis });
  }

  clear() {
    this.#bars = this.#bars.map(() => []);
  }

  /** Draws the chart. `style` has the colours `message`, `line` and `text`, and the `font`. */
  draw(now, style) {
    const area = this.#canvas.clear();
    if (!area) {
      return;
    }
    const { context, width, height } = area;
    const each = (height - BOTTOM) / this.#bars.length;
    context.font = style.font;
    this.#bars.forEach((bars, i) => {
      const box = { top: i * each + BETWEEN, bottom: (i + 1) * each - 2, right: width - 1 };
      this.#drawGrid(context, box, this.#labels.name(i), style);
      this.#bars[i] = bars.filter(({ at }) => now - at < SECONDS * 1000);
      this.#drawBars(context, box, this.#bars[i], now, style.message);
    });
    context.fillStyle = style.text;
    context.textBaseline = "bottom";
    context.textAlign = "left";
    context.fillText(`−${this.#labels.time(SECONDS * 1000)}`, LEFT, height - 2);
    context.textAlign = "right";
    context.fillText(this.#labels.end(), width - 1, height - 2);
  }

  #drawGrid(context, { top, bottom, right }, name, style) {
    context.fillStyle = style.text;
    context.textAlign = "left";
    context.textBaseline = "bottom";
    context.fillText(name, LEFT, top - 3);
    context.strokeStyle = style.line;
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    MARKS.forEach((mark, i) => {
      const y = Math.round(bottom - heightOf(mark) * (bottom - top)) + 0.5;
      context.beginPath();
      context.moveTo(LEFT, y);
      context.lineTo(right, y);
      context.stroke();
      // Every other line has a label, the lowest and the highest included.
      if (i % 2 === 0) {
        context.fillText(this.#labels.time(mark), LEFT - 6, y);
      }
    });
  }

  #drawBars(context, { top, bottom, right }, bars, now, colour) {
    context.fillStyle = colour;
    for (const { at, millis } of bars) {
      const x = right - ((now - at) / (SECONDS * 1000)) * (right - LEFT);
      const high = Math.max(LEAST_HEIGHT, heightOf(millis) * (bottom - top));
      context.fillRect(x - BAR, bottom - high, BAR, high);
    }
  }
}
