/** The row of one transport: an animation of its messages and requests, and its figures. */

import { ResponsiveCanvas, prefersReducedMotion } from "../common/canvas.js";
import { byId, setText } from "../common/dom.js";
import { bytes, measured } from "../common/format.js";
import { number } from "../common/intl.js";
import { translate } from "../translations/compare.js";

const TRAVEL_MILLIS = 150;
const LANDED_MILLIS = 1000;
const DOT = 3;
const GAP = 8;
const ROWS = 3;
const MAX_COLUMNS = 14;
const MARGIN = 10;

export class TransportRow {
  #transport;
  #element;
  #track;

  /** Appends a row to a list. `name` is the key of the transport's name. */
  constructor(name, transport, list) {
    this.#transport = transport;
    const copy = byId("transport").content.cloneNode(true);
    this.#element = copy.firstElementChild;
    this.#element.dataset.transport = name;
    const heading = this.#find("h2");
    heading.id = `transport-${name}`;
    heading.dataset.text = name;
    this.#find(".description .hint").dataset.text = `${name}Is`;
    this.#element.setAttribute("aria-labelledby", heading.id);
    list.append(copy);
    this.#track = new TrackAnimation(this.#find("canvas"));
    transport.addEventListener("request", () => this.#track.requested(performance.now()));
    transport.addEventListener("response", () => this.#track.answered());
    transport.addEventListener("open", ({ detail }) => this.#track.setOpen(detail));
  }

  /** A message was sent to the server. */
  sent(number) {
    this.#track.sent(number);
  }

  /** These messages were not accepted. */
  notSent(numbers) {
    this.#track.notSent(numbers);
  }

  /** The transport has received a message. */
  received(number, now) {
    this.#track.received(number, now);
  }

  clear() {
    this.#track.clear();
  }

  /** Draws the animation; `style` as of `TrackAnimation`. */
  draw(now, style) {
    this.#track.draw(now, style);
  }

  drawFigures() {
    const { statistics } = this.#transport;
    const { requests, empty } = statistics;
    const each = statistics.bytesPerMessage();
    this.#set(".requests", number(requests));
    this.#set(".empty", empty > 0 ? translate("empty", { count: number(empty) }) : "");
    this.#set(".bytes", bytes(statistics.bytes));
    this.#set(".each", each === null ? "" : translate("bytesEach", { bytes: bytes(Math.round(each)) }));
    this.#set(".mean", measured(statistics.mean()));
    this.#set(".p99", measured(statistics.p99()));
  }

  #set(selector, text) {
    setText(this.#find(selector), text);
  }

  #find(selector) {
    return this.#element.querySelector(selector);
  }
}

/**
 * The line from the server to the browser. Dots are messages: each waits at the server until the transport receives it.
 * Rings are requests, which go the other way; one that waits for its answer stays at the server.
 */
class TrackAnimation {
  #canvas;
  #waiting = new Set();
  #flying = [];
  #landed = [];
  #requests = [];
  #pending = 0;
  #open = false;

  constructor(canvas) {
    this.#canvas = new ResponsiveCanvas(canvas);
  }

  /** A message was sent to the server. */
  sent(number) {
    this.#waiting.add(number);
  }

  /** These messages were not accepted. */
  notSent(numbers) {
    numbers.forEach((number) => this.#waiting.delete(number));
  }

  /** The transport has received a message. */
  received(number, now) {
    if (this.#waiting.delete(number)) {
      this.#flying.push(now);
    }
  }

  requested(now) {
    this.#pending++;
    this.#requests.push(now);
  }

  answered() {
    this.#pending--;
  }

  setOpen(open) {
    this.#open = open;
  }

  clear() {
    this.#waiting.clear();
    this.#flying = [];
    this.#landed = [];
    this.#requests = [];
  }

  /** Draws the present state. `style` has the colours `message`, `request` and `line`. */
  draw(now, style) {
    const area = this.#canvas.clear();
    if (!area) {
      return;
    }
    const travel = prefersReducedMotion() ? 0 : TRAVEL_MILLIS;
    const arrived = this.#flying.findIndex((at) => now - at < travel);
    const over = arrived < 0 ? this.#flying.length : arrived;
    this.#landed.push(...this.#flying.splice(0, over).map((at) => at + travel));
    this.#landed = this.#landed.filter((at) => now - at < LANDED_MILLIS);
    this.#requests = this.#requests.filter((at) => now - at < travel);
    this.#drawLine(area, style.line);
    this.#drawRequests(area, now, travel, style.request);
    this.#drawMessages(area, now, travel, style.message);
  }

  #drawLine({ context, width, height }, colour) {
    context.strokeStyle = colour;
    context.lineWidth = this.#open ? 2 : 1;
    context.setLineDash(this.#open ? [] : [2, 6]);
    context.beginPath();
    context.moveTo(MARGIN, height / 2);
    context.lineTo(width - MARGIN, height / 2);
    context.stroke();
    context.setLineDash([]);
  }

  #drawRequests({ context, width, height }, now, travel, colour) {
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    for (const at of this.#requests) {
      const part = (now - at) / travel;
      ring(context, width - MARGIN - part * (width - 2 * MARGIN), height / 2, DOT + 1);
    }
    if (this.#pending > 0 && this.#requests.length === 0) {
      ring(context, MARGIN, height / 2, DOT + 4);
    }
  }

  #drawMessages({ context, width, height }, now, travel, colour) {
    context.fillStyle = colour;
    const columns = Math.min(MAX_COLUMNS, Math.floor(width / 3 / GAP));
    const shown = Math.min(this.#waiting.size, columns * ROWS);
    for (let i = 0; i < shown; i++) {
      dot(context, MARGIN + 12 + Math.floor(i / ROWS) * GAP, row(i, height));
    }
    this.#flying.forEach((at, i) => {
      const x = MARGIN + ((now - at) / travel) * (width - 2 * MARGIN) - Math.floor(i / ROWS) * GAP;
      dot(context, Math.max(MARGIN, x), row(i, height));
    });
    const first = Math.max(0, this.#landed.length - columns * ROWS);
    for (let i = this.#landed.length - 1; i >= first; i--) {
      const place = this.#landed.length - 1 - i;
      context.globalAlpha = Math.max(0, 1 - (now - this.#landed[i]) / LANDED_MILLIS);
      dot(context, width - MARGIN - Math.floor(place / ROWS) * GAP, row(place, height));
    }
    context.globalAlpha = 1;
  }
}

/** Returns the y of the i-th dot: the middle row first, then the one above and the one below. */
function row(i, height) {
  return height / 2 + [0, -1, 1][i % ROWS] * GAP;
}

function dot(context, x, y) {
  context.beginPath();
  context.arc(x, y, DOT, 0, 2 * Math.PI);
  context.fill();
}

function ring(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}
