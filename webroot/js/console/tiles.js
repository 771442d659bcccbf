/** The figures of all nodes or of one: tiles, each with the present value and a plot of the last minutes. */

import { tokenColours } from "../common/canvas.js";
import { element, setText } from "../common/dom.js";
import { bytes, clockTime, coarse, count, measured, percent, timeSpan } from "../common/format.js";
import { translate } from "../translations/console.js";

/**
 * `key` is that of the texts, `lines` are the figures, the first of which is the value, `how` combines the nodes, and
 * `format` writes a value.
 */
const TILES = [
  { key: "connections", lines: ["connections"], how: "sum", format: count },
  { key: "rooms", lines: ["rooms"], how: "max", format: count },
  { key: "published", lines: ["published"], how: "sum", format: count },
  { key: "delivered", lines: ["delivered"], how: "sum", format: count },
  { key: "delivery", lines: ["deliveryP99", "deliveryP50"], how: "max", format: coarse },
  { key: "append", lines: ["appendP99", "appendP50"], how: "max", format: measured },
  { key: "queued", lines: ["queued"], how: "sum", format: bytes },
  { key: "slow", lines: ["slow"], how: "count", format: count },
  { key: "limits", lines: ["limits"], how: "count", format: count },
  { key: "memory", lines: ["heap", "direct"], how: "sum", format: bytes },
  { key: "lag", lines: ["lag"], how: "max", format: measured },
  { key: "cpu", lines: ["cpu"], how: "max", format: percent },
];

/** How often the descriptions of the plots change. */
const DESCRIPTION_MILLIS = 10_000;

/** All plots show the same time under the pointer. */
const SYNC_KEY = "console";

/** The colours of the first line, of the area below it, and of the second line. */
const TOKENS = ["--accent", "--accent-faint", "--information"];

export class Tiles {
  #tiles;

  /** Fills a box. `onTime(text)` is called with the time under the pointer, empty if there is none. */
  constructor(box, onTime) {
    const onPoint = (seconds) => onTime(seconds == null ? "" : clockTime(seconds * 1000));
    this.#tiles = TILES.map((spec) => new Tile(spec, onPoint));
    box.append(...this.#tiles.map((tile) => tile.element));
  }

  /** Draws the figures of the node `only`, or of all if it is empty. */
  draw(cluster, clock, only) {
    const times = cluster.times(clock);
    const now = performance.now();
    for (const tile of this.#tiles) {
      tile.draw(cluster, times, clock, only);
      tile.describe(now, false);
    }
  }

  /** Draws again in another language or theme. */
  redraw() {
    for (const tile of this.#tiles) {
      tile.repaint();
      tile.describe(0, true);
    }
  }
}

/** Returns an approximate time span in words. */
export function approximateSpan(millis) {
  return timeSpan(Math.round(millis / 10_000) * 10);
}

class Tile {
  #spec;
  #name;
  #value = element("p", { className: "value" });
  #side = element("p", { className: "side" });
  #box = element("div", { className: "plot", role: "img" });
  #plot;
  #data = [];
  #now = null;
  #secondNow = null;
  #pointed = null;
  #span = "";
  #describedAt = -Infinity;

  constructor(spec, onPoint) {
    this.#spec = spec;
    this.#name = element("h3", { id: `tile-${spec.key}` });
    this.element = element("div", { className: "tile" }, this.#name, this.#side, this.#value, this.#box);
    this.element.dataset.figure = spec.key;
    this.#plot = new Plot(this.#box, spec.lines.length, (index) => {
      this.#pointed = index;
      this.#write();
      onPoint(index === null ? null : this.#data[0]?.[index]);
    });
  }

  draw(cluster, times, clock, only) {
    const { lines, how } = this.#spec;
    const values = lines.map((line) => cluster.values(line, how, clock, only));
    this.#data = [times, ...values];
    this.#span = approximateSpan(cluster.span(clock));
    this.#now = how === "count" ? values[0].reduce((a, b) => a + b, 0) : cluster.now(lines[0], how, clock, only);
    this.#secondNow = lines.length > 1 ? cluster.now(lines[1], how, clock, only) : null;
    this.#plot.draw(this.#data);
    this.#write();
  }

  repaint() {
    this.#plot.repaint();
  }

  /** Describes the plot for screen readers, now and then or `always`. */
  describe(now, always) {
    if (always || now - this.#describedAt > DESCRIPTION_MILLIS) {
      const values = (this.#data[1] ?? []).filter((one) => one !== null);
      this.#describedAt = values.length > 0 ? now : -Infinity;
      this.#box.setAttribute("aria-label", this.#description(values));
    }
  }

  #description(values) {
    const { key, format } = this.#spec;
    const what = translate(`tile_${key}`);
    if (values.length === 0) {
      return translate("plotEmpty", { what });
    }
    const [least, most] = [format(Math.min(...values)), format(Math.max(...values))];
    return translate("plot", { what, now: format(this.#now), least, most });
  }

  #write() {
    const { key, lines, how, format } = this.#spec;
    setText(this.#name, translate(`tile_${key}`));
    const at = this.#pointed;
    const value = at === null ? this.#now : (this.#data[1]?.[at] ?? null);
    const second = at === null ? this.#secondNow : (this.#data[2]?.[at] ?? null);
    setText(this.#value, format(value));
    this.#side.classList.toggle("second", lines.length > 1);
    if (lines.length > 1) {
      setText(this.#side, translate(`side_${key}`, { second: format(second) }));
    } else if (how === "count") {
      setText(this.#side, translate("within", { time: this.#span }));
    }
  }
}

/** A small plot by uPlot: one or two lines without axes. */
class Plot {
  #box;
  #lines;
  #onPoint;
  #plot = null;
  #data = null;

  /** Fills a box, whose size comes from CSS. `onPoint(index)` gets the point under the pointer, `null` outside. */
  constructor(box, lines, onPoint) {
    this.#box = box;
    this.#lines = lines;
    this.#onPoint = onPoint;
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(box);
  }

  /** Draws again with the present colours. */
  repaint() {
    if (this.#plot) {
      this.#plot.destroy();
      this.#plot = this.#create();
    }
  }

  /** Draws times and the values of each line at them, `null` for missing ones. */
  draw(data) {
    this.#data = data;
    if (this.#box.clientWidth === 0) {
      return;
    }
    if (this.#plot) {
      this.#plot.setData(data);
    } else {
      this.#plot = this.#create();
    }
  }

  #size() {
    return { width: this.#box.clientWidth, height: this.#box.clientHeight };
  }

  #create() {
    const [first, faint, second] = tokenColours(TOKENS);
    const line = { width: 1.5, points: { show: false }, spanGaps: false };
    const lines = [
      { ...line, stroke: first, fill: faint },
      { ...line, stroke: second },
    ];
    const options = {
      ...this.#size(),
      legend: { show: false },
      select: { show: false },
      padding: [3, 0, 1, 0],
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false }, sync: { key: SYNC_KEY } },
      scales: { x: { time: false }, y: { range: (_, least, most) => [Math.min(0, least ?? 0), (most || 1) * 1.08] } },
      axes: [{ show: false }, { show: false }],
      series: [{}, ...lines.slice(0, this.#lines)],
      hooks: { setCursor: [(plot) => this.#onPoint(plot.cursor.idx ?? null)] },
    };
    return new window.uPlot(options, this.#data, this.#box);
  }
}
