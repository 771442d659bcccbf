/**
 * A bar for each message of the last seconds, at the moment when it was sent and as high as it was late: a strip for
 * each lane, all on one logarithmic scale.
 */

import { Sheet } from "../common/canvas.js";

export const SECONDS = 20;

/** Lines across: what is below the first or above the last is drawn there. */
const MARKS = [1, 10, 100, 1000, 10_000];
const LEFT = 52;
const BETWEEN = 22;
const BOTTOM = 20;
const LEAST_HEIGHT = 2;
const BAR = 3;

function part(millis) {
  const most = Math.log10(MARKS.at(-1));
  return Math.min(1, Math.max(0, Math.log10(Math.max(millis, 1)) / most));
}

export class Delays {
  #sheet;
  #bars = [];
  #words;

  /** `count` strips; `words` has `name(strip)`, `time(millis)` and `now()`. */
  constructor(canvas, count, words) {
    this.#sheet = new Sheet(canvas);
    this.#words = words;
    for (let i = 0; i < count; i++) {
      this.#bars.push([]);
    }
  }

  /** A message that was sent at `at`, in the strip with this number from 0. */
  add(strip, at, millis) {
    this.#bars[strip].push({ at, millis });
  }

  clear() {
    this.#bars = this.#bars.map(() => []);
  }

  /** `ink` has the colours `message`, `line`, `text` and the `font`. */
  draw(now, ink) {
    const place = this.#sheet.begin();
    if (!place) {
      return;
    }
    const { pen, width, height } = place;
    const each = (height - BOTTOM) / this.#bars.length;
    pen.font = ink.font;
    this.#bars.forEach((bars, i) => {
      const box = { top: i * each + BETWEEN, bottom: (i + 1) * each - 2, right: width - 1 };
      this.#frame(pen, box, this.#words.name(i), ink);
      this.#bars[i] = bars.filter(({ at }) => now - at < SECONDS * 1000);
      this.#paint(pen, box, this.#bars[i], now, ink.message);
    });
    pen.fillStyle = ink.text;
    pen.textBaseline = "bottom";
    pen.textAlign = "left";
    pen.fillText(`−${this.#words.time(SECONDS * 1000)}`, LEFT, height - 2);
    pen.textAlign = "right";
    pen.fillText(this.#words.now(), width - 1, height - 2);
  }

  #frame(pen, { top, bottom, right }, name, ink) {
    pen.fillStyle = ink.text;
    pen.textAlign = "left";
    pen.textBaseline = "bottom";
    pen.fillText(name, LEFT, top - 3);
    pen.strokeStyle = ink.line;
    pen.lineWidth = 1;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    MARKS.forEach((mark, i) => {
      const y = Math.round(bottom - part(mark) * (bottom - top)) + 0.5;
      pen.beginPath();
      pen.moveTo(LEFT, y);
      pen.lineTo(right, y);
      pen.stroke();
      // Every other line has a number, the lowest and the highest among them.
      if (i % 2 === 0) {
        pen.fillText(this.#words.time(mark), LEFT - 6, y);
      }
    });
  }

  #paint(pen, { top, bottom, right }, bars, now, colour) {
    pen.fillStyle = colour;
    for (const { at, millis } of bars) {
      const x = right - ((now - at) / (SECONDS * 1000)) * (right - LEFT);
      const high = Math.max(LEAST_HEIGHT, part(millis) * (bottom - top));
      pen.fillRect(x - BAR, bottom - high, BAR, high);
    }
  }
}
