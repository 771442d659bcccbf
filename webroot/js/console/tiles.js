/**
 * The figures of all nodes or of one: tiles, each with the present value and a plot of the last minutes. Pointer and
 * keys choose a time, whose values all tiles show then.
 */

import { tokenColours } from "../common/canvas.js";
import { element, setText } from "../common/dom.js";
import { bytes, clockTime, coarse, count, measured, percent, timeSpan } from "../common/format.js";
import { translate } from "../translations/console.js";

/**
 * `key` is that of the texts, `lines` are the figures, the first of which is the value, `how` combines the nodes,
 * `format` writes a value, and `isWhole` tells that there are no fractions of it.
 */
const TILES = [
  { key: "connections", lines: ["connections"], how: "sum", format: count, isWhole: true },
  { key: "rooms", lines: ["rooms"], how: "max", format: count, isWhole: true },
  { key: "published", lines: ["published"], how: "sum", format: count },
  { key: "delivered", lines: ["delivered"], how: "sum", format: count },
  { key: "delivery", lines: ["deliveryP99", "deliveryP50"], how: "max", format: coarse },
  { key: "append", lines: ["appendP99", "appendP50"], how: "max", format: measured },
  { key: "queued", lines: ["queued"], how: "sum", format: bytes, isWhole: true },
  { key: "slow", lines: ["slow"], how: "count", format: count, isWhole: true },
  { key: "limits", lines: ["limits"], how: "count", format: count, isWhole: true },
  { key: "memory", lines: ["heap", "direct"], how: "sum", format: bytes },
  { key: "lag", lines: ["lag"], how: "max", format: measured },
  { key: "cpu", lines: ["cpu"], how: "max", format: percent },
];

/** How often the descriptions of the plots change. */
const DESCRIPTION_MILLIS = 10_000;

/** All plots show the same time under the pointer. */
const SYNC_KEY = "console";

/** The colours of the first line, of the area below it, of the second line, of the grid and of the axes' texts. */
const TOKENS = ["--accent", "--accent-faint", "--information", "--line", "--dim"];

const FONT = "12px system-ui, sans-serif";

/** Between two marks of the x axis, in seconds, and between their texts, in CSS pixels. */
const AXIS_STEPS = [20, 30, 60, 120, 180, 300];
const MARK_GAP = 8;

/** Measures texts of the axes. */
const ruler = document.createElement("canvas").getContext("2d");

/** Between two marks of the y axis of whole numbers. */
const WHOLE_STEPS = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((one) => one * 10 ** power)).flat();

/** How far keys move the chosen time, in seconds. */
const STEPS = { ArrowLeft: -2, ArrowRight: 2, PageDown: -60, PageUp: 60, Home: -Infinity, End: Infinity };

export class Tiles {
  #tiles;
  #times = [];
  /** The time that was chosen by keys, in seconds; `null` for none. */
  #time = null;

  /** Fills a box. `onTime(text)` is called with the time under the pointer, empty if there is none. */
  constructor(box, onTime) {
    const onPoint = (seconds) => onTime(seconds == null ? "" : clockTime(seconds * 1000));
    this.#tiles = TILES.map((spec) => new Tile(spec, onPoint));
    this.#tiles.forEach((tile, i) => tile.plotBox.addEventListener("keydown", (event) => this.#keyPressed(event, i)));
    this.#tiles[0].plotBox.tabIndex = 0;
    box.append(...this.#tiles.map((tile) => tile.element));
    box.addEventListener("focusout", ({ relatedTarget }) => box.contains(relatedTarget) || this.#choose(null));
  }

  /** Left and right choose a time, up and down go to another tile: all are one stop of the Tab key. */
  #keyPressed(event, i) {
    const other = this.#tiles[i + ({ ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0)];
    const step = STEPS[event.key];
    if (event.key === "Escape") {
      this.#choose(null);
    } else if (other && other !== this.#tiles[i]) {
      this.#tiles[i].plotBox.tabIndex = -1;
      other.plotBox.tabIndex = 0;
      other.plotBox.focus();
    } else if (step !== undefined && this.#times.length > 0) {
      this.#choose((this.#time ?? this.#times.at(-1)) + step);
    } else {
      return;
    }
    event.preventDefault();
  }

  #choose(time) {
    this.#time = time === null ? null : Math.min(Math.max(time, this.#times[0]), this.#times.at(-1));
    this.#tiles.forEach((tile) => tile.pointAt(this.#time));
  }

  /** Draws the figures of the node `only`, or of all if it is empty. */
  draw(cluster, clock, only) {
    const times = cluster.times(clock);
    const now = performance.now();
    this.#times = times;
    for (const tile of this.#tiles) {
      tile.draw(cluster, times, clock, only);
      tile.describe(now, false);
    }
    if (this.#time !== null) {
      this.#choose(this.#time);
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

/** Returns the times of the marks of an x axis, in seconds: as many as have room for their texts. */
export function marks({ bbox }, from, to) {
  const pixels = bbox.width / devicePixelRatio / (to - from);
  ruler.font = FONT;
  const width = (age) => ruler.measureText(ageText(age)).width + MARK_GAP;
  const hasRoom = (step) => {
    const ages = agesAt(step, to - from);
    return ages.length < 2 || ages.every((age) => width(age) <= step * pixels);
  };
  const step = AXIS_STEPS.find(hasRoom) ?? AXIS_STEPS.at(-1);
  return agesAt(step, to - from).map((age) => to - age);
}

/** Returns the multiples of a step in a time span, the largest first, without one near its beginning. */
function agesAt(step, span) {
  const count = Math.max(0, Math.floor(span / step - 0.3));
  return Array.from({ length: count }, (_, i) => (count - i) * step);
}

function ageText(seconds) {
  return `−${timeSpan(Math.round(seconds))}`;
}

/** Returns how long ago these times are. */
export function agesOf(plot, times) {
  return times.map((time) => ageText(plot.scales.x.max - time));
}

class Tile {
  #spec;
  #name;
  #value = element("p", { className: "value" });
  #side = element("p", { className: "side" });
  plotBox = element("div", { className: "plot", role: "slider", tabIndex: -1 });
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
    this.element = element("div", { className: "tile" }, this.#name, this.#side, this.#value, this.plotBox);
    this.element.dataset.figure = spec.key;
    Object.entries({ valuemin: -600, valuemax: 0, valuenow: 0 }).forEach(([name, value]) => {
      this.plotBox.setAttribute(`aria-${name}`, String(value));
    });
    this.#plot = new Plot(this.plotBox, spec, (index) => {
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

  /** Points at a time in seconds, at nothing if it is `null`. */
  pointAt(time) {
    this.#plot.pointAt(time);
    const at = this.#pointed;
    const [times = [], values = []] = this.#data;
    const text = time === null || at === null ? "" : `${clockTime(times[at] * 1000)}, ${this.#spec.format(values[at])}`;
    this.plotBox.setAttribute("aria-valuetext", text);
    this.plotBox.setAttribute("aria-valuenow", text ? String(Math.round(times[at] - times.at(-1))) : "0");
  }

  /** Describes the plot for screen readers, now and then or `always`. */
  describe(now, always) {
    if (always || now - this.#describedAt > DESCRIPTION_MILLIS) {
      const values = (this.#data[1] ?? []).filter((one) => one !== null);
      this.#describedAt = values.length > 0 ? now : -Infinity;
      this.plotBox.setAttribute("aria-label", this.#description(values));
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

/** A small plot by uPlot: one or two lines. */
class Plot {
  #box;
  #spec;
  #onPoint;
  #plot = null;
  #data = null;

  /** Fills a box, whose size comes from CSS. `onPoint(index)` gets the point under the pointer, `null` outside. */
  constructor(box, spec, onPoint) {
    this.#box = box;
    this.#spec = spec;
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

  /** Points at a time in seconds, at nothing if it is `null`. */
  pointAt(time) {
    if (this.#plot) {
      const left = time === null ? -10 : this.#plot.valToPos(time, "x");
      this.#plot.setCursor({ left, top: time === null ? -10 : 0 }, true, false);
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
    const [first, faint, second, grid, text] = tokenColours(TOKENS);
    const { format, isWhole } = this.#spec;
    const axis = { stroke: text, font: FONT, gap: 4, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
    const line = { width: 1.5, points: { show: false }, spanGaps: false };
    const lines = [
      { ...line, stroke: first, fill: faint },
      { ...line, stroke: second },
    ];
    const options = {
      ...this.#size(),
      legend: { show: false },
      select: { show: false },
      padding: [8, 8, 0, 0],
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false }, sync: { key: SYNC_KEY } },
      scales: { x: { time: true }, y: { range: (_, least, most) => [Math.min(0, least ?? 0), (most || 1) * 1.08] } },
      axes: [
        { ...axis, size: 20, splits: (plot, _, from, to) => marks(plot, from, to), values: agesOf },
        {
          ...axis,
          space: 28,
          size: 56,
          ...(isWhole ? { incrs: WHOLE_STEPS } : {}),
          values: (_, all) => all.map((one) => (one === 0 ? "0" : format(one))),
        },
      ],
      series: [{}, ...lines.slice(0, this.#spec.lines.length)],
      hooks: { setCursor: [(plot) => this.#onPoint(plot.cursor.idx ?? null)] },
    };
    return new window.uPlot(options, this.#data, this.#box);
  }
}
