/**
 * The way from the server to the browser, with a dot for each message: it waits at the server until the lane hears
 * it, then it goes over. Rings are questions, which go the other way; one that waits for an answer stays at the server.
 */

import { Sheet, isStill } from "../common/canvas.js";

const TRAVEL_MILLIS = 150;
const LANDED_MILLIS = 1000;
const DOT = 3;
const GAP = 8;
const ROWS = 3;
const MOST_COLUMNS = 14;
const MARGIN = 10;

export class Track {
  #sheet;
  #waiting = new Set();
  #flying = [];
  #landed = [];
  #asked = [];
  #pending = 0;
  #open = false;

  constructor(canvas) {
    this.#sheet = new Sheet(canvas);
  }

  /** A message is at the server. */
  sent(number) {
    this.#waiting.add(number);
  }

  /** The lane has heard it. */
  heard(number, now) {
    if (this.#waiting.delete(number)) {
      this.#flying.push(now);
    }
  }

  asked(now) {
    this.#pending++;
    this.#asked.push(now);
  }

  answered() {
    this.#pending--;
  }

  set open(open) {
    this.#open = open;
  }

  clear() {
    this.#waiting.clear();
    this.#flying = [];
    this.#landed = [];
    this.#asked = [];
  }

  /** Draws the present moment. `ink` has the colours `message`, `question` and `line`. */
  draw(now, ink) {
    const place = this.#sheet.begin();
    if (!place) {
      return;
    }
    const travel = isStill() ? 0 : TRAVEL_MILLIS;
    const arrived = this.#flying.findIndex((at) => now - at < travel);
    const over = arrived < 0 ? this.#flying.length : arrived;
    this.#landed.push(...this.#flying.splice(0, over).map((at) => at + travel));
    this.#landed = this.#landed.filter((at) => now - at < LANDED_MILLIS);
    this.#asked = this.#asked.filter((at) => now - at < travel);
    this.#line(place, ink.line);
    this.#questions(place, now, travel, ink.question);
    this.#messages(place, now, travel, ink.message);
  }

  #line({ pen, width, height }, colour) {
    pen.strokeStyle = colour;
    pen.lineWidth = this.#open ? 2 : 1;
    pen.setLineDash(this.#open ? [] : [2, 6]);
    pen.beginPath();
    pen.moveTo(MARGIN, height / 2);
    pen.lineTo(width - MARGIN, height / 2);
    pen.stroke();
    pen.setLineDash([]);
  }

  #questions({ pen, width, height }, now, travel, colour) {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    for (const at of this.#asked) {
      const part = (now - at) / travel;
      ring(pen, width - MARGIN - part * (width - 2 * MARGIN), height / 2, DOT + 1);
    }
    if (this.#pending > 0 && this.#asked.length === 0) {
      ring(pen, MARGIN, height / 2, DOT + 4);
    }
  }

  #messages({ pen, width, height }, now, travel, colour) {
    pen.fillStyle = colour;
    const columns = Math.min(MOST_COLUMNS, Math.floor(width / 3 / GAP));
    const shown = Math.min(this.#waiting.size, columns * ROWS);
    for (let i = 0; i < shown; i++) {
      dot(pen, MARGIN + 12 + Math.floor(i / ROWS) * GAP, row(i, height));
    }
    this.#flying.forEach((at, i) => {
      const x = MARGIN + ((now - at) / travel) * (width - 2 * MARGIN) - Math.floor(i / ROWS) * GAP;
      dot(pen, Math.max(MARGIN, x), row(i, height));
    });
    const first = Math.max(0, this.#landed.length - columns * ROWS);
    for (let i = this.#landed.length - 1; i >= first; i--) {
      const place = this.#landed.length - 1 - i;
      pen.globalAlpha = Math.max(0, 1 - (now - this.#landed[i]) / LANDED_MILLIS);
      dot(pen, width - MARGIN - Math.floor(place / ROWS) * GAP, row(place, height));
    }
    pen.globalAlpha = 1;
  }
}

/** The middle row first, then the one above and the one below. */
function row(i, height) {
  return height / 2 + [0, -1, 1][i % ROWS] * GAP;
}

function dot(pen, x, y) {
  pen.beginPath();
  pen.arc(x, y, DOT, 0, 2 * Math.PI);
  pen.fill();
}

function ring(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.stroke();
}
