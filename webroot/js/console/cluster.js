/**
 * The nodes of a cluster as their figures describe them, now and in the last minutes. Does not touch the page.
 *
 * A node is known by its address. Each start of it has an id of its own, and counts as an incarnation: only the present
 * one is shown, but what the earlier ones did stays in the plots.
 *
 * The clock of the cluster is the latest time in any figures, and runs on while figures arrive: the clocks of the nodes
 * and of this browser may differ.
 */

/** The distance of two points of a plot. Each node sends figures more than once in that time. */
const STEP_MILLIS = 2000;

/** How far plots go back at most and at least. */
const MAX_SPAN_MILLIS = 600_000;
const MIN_SPAN_MILLIS = 60_000;

/** A node without figures for this long is silent, then gone, then no longer shown, then no longer in the plots. */
const SILENT_MILLIS = 3500;
const GONE_MILLIS = 15_000;
const HIDE_MILLIS = 180_000;
const FORGET_MILLIS = MAX_SPAN_MILLIS;

/** Nodes send figures once a second, and when their state changes. Rates need figures at least this far apart. */
const MIN_RATE_MILLIS = 500;

const STATES = ["ready", "notReady", "draining", "stopped"];

const NOT_RUNNING = ["silent", "gone", "stopped"];

export class Cluster {
  #nodes = new Map();
  #clock = 0;
  #first = 0;
  #receivedAt = 0;
  #onFigures;

  /** `onFigures(figures, last)` is called with all figures and those before of the same incarnation, or `null`. */
  constructor(onFigures = () => {}) {
    this.#onFigures = onFigures;
  }

  /** Takes messages of the nodes' room. A message that has no figures is ignored. */
  update(texts, now) {
    for (const text of texts) {
      const figures = parsedFigures(text);
      if (figures) {
        this.#clock = Math.max(this.#clock, figures.time);
        this.#first ||= this.#clock;
        this.#receivedAt = now;
        if (!this.#nodes.has(figures.node)) {
          this.#nodes.set(figures.node, new Node(figures.node));
        }
        const node = this.#nodes.get(figures.node);
        this.#onFigures(figures, node.last);
        if (isAlone(figures) && !(node.last && isAlone(node.last))) {
          this.#othersLeft(node);
        }
        node.update(figures, this.#clock);
      }
    }
  }

  /** A node has found itself alone: what the others said before is outdated. */
  #othersLeft(node) {
    for (const other of this.#nodes.values()) {
      if (other !== node && other.last.clustered) {
        other.hasLeft = true;
      }
    }
  }

  /** Returns the milliseconds since the last figures; `Infinity` if there were none. */
  silence(now) {
    return this.#receivedAt === 0 ? Infinity : now - this.#receivedAt;
  }

  /** The time of the last figures, in milliseconds since 1970; 0 if there were none. */
  get newest() {
    return this.#clock;
  }

  /** Returns the cluster's clock. It stands still while the connection is not live. */
  clock(now, live) {
    return this.#clock + (live ? now - this.#receivedAt : 0);
  }

  /**
   * Returns the nodes in the order of their names. Of the incarnations at one address, that is the newest and all others
   * that are running. Those that have been gone for minutes are no part of it.
   */
  nodes(clock) {
    for (const [id, node] of this.#nodes) {
      if (clock - node.updatedAt > FORGET_MILLIS) {
        this.#nodes.delete(id);
      }
    }
    const all = [...this.#nodes.values()];
    const newest = new Map();
    for (const node of all) {
      const other = newest.get(node.name);
      if (!other || other.startedAt < node.startedAt) {
        newest.set(node.name, node);
      }
    }
    return all
      .filter((node) => newest.get(node.name) === node || node.isRunning(clock))
      .filter((node) => clock - node.updatedAt <= HIDE_MILLIS)
      .sort((a, b) => inOrder.compare(a.name, b.name) || (a.id < b.id ? -1 : 1));
  }

  /** Returns how many incarnations a node had in the time of the plots, with the present one. */
  incarnations({ name }) {
    return [...this.#nodes.values()].filter((node) => node.name === name).length;
  }

  /** Returns the nodes that are running. */
  running(clock) {
    return this.nodes(clock).filter((node) => node.isRunning(clock));
  }

  /**
   * Returns how safe the messages are: `alone` (a cluster of one node), `missing` (a node's logs are being copied),
   * `safe`, `single` (nodes without a cluster), or `unknown` (no node is running).
   */
  copies(clock) {
    const running = this.running(clock);
    if (running.length === 0) {
      return "unknown";
    }
    const clustered = running.filter(({ last }) => last.clustered);
    if (clustered.length > 0 && clustered.every(({ last }) => isAlone(last))) {
      return "alone";
    }
    const missing = running.some(({ last }) => last.nodes > 1 && !last.copies);
    return missing ? "missing" : running.some(({ last }) => last.nodes > 1) ? "safe" : "single";
  }

  /** Returns the names of the running nodes whose data directory takes no writes. */
  unwritable(clock) {
    return this.running(clock).filter(({ last }) => last.disk && !last.disk.writable).map(({ name }) => name);
  }

  /** Returns how far plots that end now go back, in milliseconds. */
  span(clock) {
    return Math.min(MAX_SPAN_MILLIS, Math.max(MIN_SPAN_MILLIS, clock - this.#first));
  }

  /** Returns the times of a plot that ends now, in seconds. */
  times(clock) {
    return this.#steps(clock).map((step) => (step * STEP_MILLIS) / 1000);
  }

  /**
   * Returns the values of a figure at those times, of all nodes or of the one of this name.
   *
   * @param how `sum` adds the nodes up, `max` takes the largest, `count` adds up events and is never missing
   */
  values(figure, how, clock, only) {
    const nodes = [...this.#nodes.values()].filter(({ name }) => !only || name === only);
    return this.#steps(clock).map((step) => {
      const all = nodes.map((node) => node.at(step, how !== "count")?.[figure] ?? null).filter((one) => one !== null);
      return combined(all, how);
    });
  }

  /** Returns the present value of a figure in the same way; `null` if not known. */
  now(figure, how, clock, only) {
    const nodes = this.running(clock).filter(({ name }) => !only || name === only);
    const all = nodes.map((node) => node.now?.[figure] ?? null).filter((one) => one !== null);
    return combined(all, how);
  }

  #steps(clock) {
    const end = Math.floor(clock / STEP_MILLIS);
    const length = Math.floor(this.span(clock) / STEP_MILLIS);
    return Array.from({ length }, (_, i) => end - length + 1 + i);
  }
}

function combined(values, how) {
  if (values.length === 0) {
    return how === "count" ? 0 : null;
  }
  return how === "max" ? Math.max(...values) : values.reduce((all, one) => all + one, 0);
}

/** One incarnation of a node: its last figures, and a sample of them for each step. */
class Node {
  /** The last figures, and the cluster's clock at that time. */
  last = null;
  updatedAt = 0;
  /** Whether another node has found itself alone in the cluster since. */
  hasLeft = false;
  #samples = new Map();

  constructor(id) {
    this.id = id;
  }

  /** What people call the node. */
  get name() {
    return nameOf(this.last);
  }

  /** When this incarnation started, by its own clock. */
  get startedAt() {
    return this.last.time - (this.last.uptimeSeconds ?? 0) * 1000;
  }

  isRunning(clock) {
    return !NOT_RUNNING.includes(this.state(clock));
  }

  /** Returns the sample of a step, or with `carry` the one before; `null` if there is none. */
  at(step, carry) {
    return this.#samples.get(step) ?? (carry ? this.#samples.get(step - 1) : null) ?? null;
  }

  /** The newest sample. */
  get now() {
    return [...this.#samples.values()].at(-1) ?? null;
  }

  /** Returns `ready`, `notReady`, `draining`, `stopped`, `unknown`, or `silent` and `gone` if no figures arrive. */
  state(clock) {
    const { state } = this.last;
    const silence = clock - this.updatedAt;
    if (state === "stopped" || (silence <= SILENT_MILLIS && !this.hasLeft)) {
      return state;
    }
    return silence <= GONE_MILLIS ? "silent" : "gone";
  }

  update(figures, clock) {
    const step = Math.floor(clock / STEP_MILLIS);
    const sample = sampleOf(figures, this.last, this.now);
    const before = this.#samples.get(step);
    this.#samples.set(step, before ? merged(before, sample) : sample);
    this.last = figures;
    this.updatedAt = clock;
    this.hasLeft = false;
    for (const old of this.#samples.keys()) {
      if (old >= step - MAX_SPAN_MILLIS / STEP_MILLIS) {
        break;
      }
      this.#samples.delete(old);
    }
  }
}

/** Returns whether these figures are those of the only node of a cluster. */
function isAlone({ clustered, nodes }) {
  return clustered && nodes < 2;
}

/** Returns what people call the node of these figures: its address, or its id if it tells none. */
export function nameOf({ address, node }) {
  return address || node;
}

const inOrder = new Intl.Collator("en", { numeric: true });

/** Turns totals into rates and differences. Figures that are too close to the last ones keep the rates before. */
function sampleOf(figures, last, before) {
  const millis = last ? figures.time - last.time : 0;
  const difference = (name) => Math.max(0, figures[name] - last[name]);
  const rate = (name) => (millis >= MIN_RATE_MILLIS ? (difference(name) * 1000) / millis : (before?.[name] ?? null));
  const events = (name) => (last ? Math.max(0, sum(figures[name]) - sum(last[name])) : 0);
  return {
    connections: sum(figures.connections),
    rooms: figures.rooms,
    members: figures.members,
    published: rate("published"),
    delivered: rate("delivered"),
    deliveryP50: figures.delivery.p50Millis,
    deliveryP99: figures.delivery.p99Millis,
    appendP50: figures.append.p50Millis,
    appendP99: figures.append.p99Millis,
    queued: figures.appendQueueBytes + figures.tailBytes,
    slow: events("slow"),
    limits: events("limits"),
    heap: figures.heapBytes,
    direct: figures.directBytes,
    lag: figures.loopLagMillis,
    cpu: figures.cpu,
  };
}

function sum(counts) {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}

const LARGEST = ["deliveryP50", "deliveryP99", "appendP50", "appendP99", "lag"];
const ADDED = ["slow", "limits"];

function merged(before, sample) {
  const both = { ...sample };
  for (const name of LARGEST) {
    both[name] = larger(before[name], sample[name]);
  }
  for (const name of ADDED) {
    both[name] += before[name];
  }
  return both;
}

function larger(one, other) {
  return one === null ? other : other === null ? one : Math.max(one, other);
}

const NUMBERS = [
  "uptimeSeconds", "nodes", "rooms", "members", "published", "delivered", "gaps", "appendQueueBytes", "tailBytes",
  "heapBytes", "heapMaxBytes", "directBytes", "loopLagMillis", "cpu",
];

/** Returns the figures in a message, with `null` for what is missing; `null` if there are none. */
function parsedFigures(text) {
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof json?.node !== "string" || !Number.isFinite(json.time)) {
    return null;
  }
  const figures = {
    node: json.node,
    time: json.time,
    address: textOf(json.address),
    clustered: json.clustered === true,
    name: textOf(json.name),
    version: textOf(json.version),
    state: STATES.includes(json.state) ? json.state : "unknown",
    failing: Array.isArray(json.failing) ? json.failing.map(textOf) : [],
    copies: json.copies === true,
    connections: countsOf(json.connections),
    slow: countsOf(json.slow),
    limits: limitsOf(json.limits),
    delivery: latencyOf(json.delivery),
    append: latencyOf(json.append),
    disk: diskOf(json.disk),
  };
  NUMBERS.forEach((name) => (figures[name] = numberOf(json[name])));
  return figures;
}

/** Returns how often each limit was reached, without the one that ends connections that nobody uses any more. */
function limitsOf(value) {
  const { idleSeconds, ...limits } = countsOf(value);
  return limits;
}

function textOf(value) {
  return typeof value === "string" ? value : "";
}

function numberOf(value) {
  return Number.isFinite(value) ? value : null;
}

function countsOf(value) {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter(([, count]) => Number.isFinite(count)));
}

function latencyOf(value) {
  return { p50Millis: numberOf(value?.p50Millis), p99Millis: numberOf(value?.p99Millis) };
}

function diskOf(value) {
  const isKnown = typeof value === "object" && value !== null;
  return isKnown
    ? { bytes: numberOf(value.bytes), writable: value.writable === true, damaged: numberOf(value.damaged) ?? 0 }
    : null;
}
