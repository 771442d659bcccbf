/** A line of the last prices, as wide as its cell: no axes, only which way it went. */

import { Sheet } from "../common/canvas.js";

export const SPARK_SECONDS = 60;
const INSET = 2;

export class Spark {
  #sheet;

  constructor(canvas, onResize) {
    this.#sheet = new Sheet(canvas, onResize);
  }

  draw(quote, now, colour) {
    const place = this.#sheet.begin();
    if (!place || quote.length < 2) {
      return;
    }
    const { pen, width, height } = place;
    const from = now - SPARK_SECONDS * 1000;
    const { times, prices } = quote.since(from);
    let least = Infinity;
    let most = -Infinity;
    for (const price of prices) {
      least = Math.min(least, price);
      most = Math.max(most, price);
    }
    const tall = most - least || 1;
    pen.strokeStyle = colour;
    pen.lineWidth = 1.25;
    pen.beginPath();
    // More points than the canvas has columns would not be seen.
    const step = Math.max(1, Math.floor(prices.length / width));
    for (let i = 0; i < prices.length; i += step) {
      const x = Math.max(0, ((times[i] - from) / (SPARK_SECONDS * 1000)) * width);
      pen.lineTo(x, INSET + (1 - (prices[i] - least) / tall) * (height - 2 * INSET));
    }
    pen.lineTo(width, INSET + (1 - (prices.at(-1) - least) / tall) * (height - 2 * INSET));
    pen.stroke();
  }
}
