/** The figures of all nodes, or of one: each with its value now and a plot of the last minutes. */

import { say } from "../common/i18n.js";
import { element, put } from "../common/dom.js";
import { Plot } from "./plot.js";
import { clockTime, count, long, part, shortTime, size, time } from "./written.js";

/**
 * `key`: of its words; `lines`: which figures, the first of which is the value; `how` nodes are taken together; `write`:
 * as people read it.
 */
const TILES = [
  { key: "connections", lines: ["connections"], how: "sum", write: count },
  { key: "rooms", lines: ["rooms"], how: "most", write: count },
  { key: "published", lines: ["published"], how: "sum", write: count },
  { key: "delivered", lines: ["delivered"], how: "sum", write: count },
  { key: "delivery", lines: ["deliveryP99", "deliveryP50"], how: "most", write: time },
  { key: "append", lines: ["appendP99", "appendP50"], how: "most", write: shortTime },
  { key: "queued", lines: ["queued"], how: "sum", write: size },
  { key: "slow", lines: ["slow"], how: "count", write: count },
  { key: "limits", lines: ["limits"], how: "count", write: count },
  { key: "memory", lines: ["heap", "direct"], how: "sum", write: size },
  { key: "lag", lines: ["lag"], how: "most", write: shortTime },
  { key: "cpu", lines: ["cpu"], how: "most", write: part },
];

const DESCRIBED_MILLIS = 10_000;

class Tile {
  #spec;
  #data = [];
  #value = null;
  #pointed = null;
  #span = "";
  #described = -Infinity;

  constructor(spec, onPoint) {
    this.#spec = spec;
    const id = `tile-${spec.key}`;
    this.name = element("h3", { id });
    this.value = element("p", { className: "value" });
    this.side = element("p", { className: "side" });
    this.box = element("div", { className: "plot", role: "img" });
    this.element = element("div", { className: "tile" }, this.name, this.side, this.value, this.box);
    this.element.dataset.figure = spec.key;
    this.plot = new Plot(this.box, spec.lines.length, (index) => {
      this.#pointed = index;
      this.#write();
      onPoint(index === null ? null : this.#data[0]?.[index]);
    });
  }

  draw(cluster, moments, clock, only) {
    const { lines, how } = this.#spec;
    const values = lines.map((line) => cluster.values(line, how, clock, only));
    this.#data = [moments, ...values];
    this.#span = spanned(cluster.span(clock));
    this.#value = how === "count" ? values[0].reduce((a, b) => a + b, 0) : cluster.now(lines[0], how, clock, only);
    this.second = lines.length > 1 ? cluster.now(lines[1], how, clock, only) : null;
    this.plot.draw(this.#data);
    this.#write();
  }

  #write() {
    const { key, lines, how, write } = this.#spec;
    put(this.name, say(`tile_${key}`));
    const at = this.#pointed;
    const shown = at === null ? this.#value : (this.#data[1]?.[at] ?? null);
    const second = at === null ? this.second : (this.#data[2]?.[at] ?? null);
    put(this.value, write(shown));
    this.side.classList.toggle("second", lines.length > 1);
    if (lines.length > 1) {
      put(this.side, say(`side_${key}`, { second: write(second) }));
    } else if (how === "count") {
      put(this.side, say("within", { time: this.#span }));
    }
  }

  /** Tells in words what the plot shows, now and then. */
  describe(now, always) {
    if (always || now - this.#described > DESCRIBED_MILLIS) {
      const { key, write } = this.#spec;
      const values = (this.#data[1] ?? []).filter((one) => one !== null);
      this.#described = values.length > 0 ? now : -Infinity;
      const words =
        values.length === 0
          ? say("plotEmpty", { what: say(`tile_${key}`) })
          : say("plot", {
              what: say(`tile_${key}`),
              now: write(this.#value),
              least: write(Math.min(...values)),
              most: write(Math.max(...values)),
            });
      this.box.setAttribute("aria-label", words);
    }
  }
}

/** A length of time in the words of the language, about. */
export function spanned(millis) {
  return long(Math.round(millis / 10_000) * 10);
}

export class Tiles {
  #tiles;

  /** Fills a box. `onMoment(text)`: the time under the pointer; empty for none. */
  constructor(box, onMoment) {
    const onPoint = (seconds) => onMoment(seconds == null ? "" : clockTime(seconds * 1000));
    this.#tiles = TILES.map((spec) => new Tile(spec, onPoint));
    box.append(...this.#tiles.map((tile) => tile.element));
  }

  draw(cluster, clock, only) {
    const moments = cluster.moments(clock);
    const now = performance.now();
    for (const tile of this.#tiles) {
      tile.draw(cluster, moments, clock, only);
      tile.describe(now, false);
    }
  }

  /** The language or the colours are others. */
  renew() {
    for (const tile of this.#tiles) {
      tile.plot.repaint();
      tile.describe(0, true);
    }
  }
}
