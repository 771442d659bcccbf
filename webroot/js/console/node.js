/** One node as its figures tell: what it said last, and what the last minutes were like. Knows nothing of the page. */

/** Points of a plot are so far apart; each node says more than one thing in that time. */
export const STEP_MILLIS = 2000;

/** How far plots go back. */
export const SPAN_MILLIS = 600_000;

/** A node says how it is once a second, and besides when its state changes. */
const LEAST_MILLIS = 500;

/** A node that was not heard for so long is silent, and then gone. */
const SILENT_MILLIS = 3500;
const GONE_MILLIS = 15_000;

export class Node {
  /** The figures that came last, and when by the clock of the cluster. */
  last = null;
  heard = 0;
  #samples = new Map();

  constructor(id) {
    this.id = id;
  }

  /** What the node was like in one step, or in the one before where it said nothing; null where it was not there. */
  at(step, carry) {
    return this.#samples.get(step) ?? (carry ? this.#samples.get(step - 1) : null) ?? null;
  }

  /** The newest sample. */
  get now() {
    return [...this.#samples.values()].at(-1) ?? null;
  }

  /** `ready`, `notReady`, `draining`, `stopped`, or `silent` and `gone` where nothing is heard any more. */
  state(clock) {
    const { state } = this.last;
    const silence = clock - this.heard;
    if (state === "stopped" || silence <= SILENT_MILLIS) {
      return state;
    }
    return silence <= GONE_MILLIS ? "silent" : "gone";
  }

  /** Takes figures that were heard at this moment of the cluster's clock. */
  take(figures, clock) {
    const step = Math.floor(clock / STEP_MILLIS);
    const sample = sampled(figures, this.last, this.now);
    const before = this.#samples.get(step);
    this.#samples.set(step, before ? merged(before, sample) : sample);
    this.last = figures;
    this.heard = clock;
    for (const old of this.#samples.keys()) {
      if (old >= step - SPAN_MILLIS / STEP_MILLIS) {
        break;
      }
      this.#samples.delete(old);
    }
  }
}

const sum = (counts) => Object.values(counts ?? {}).reduce((all, one) => all + one, 0);

/** What is counted becomes what it was a second, and how often it was since; in a moment there is no rate. */
function sampled(figures, last, before) {
  const millis = last ? figures.time - last.time : 0;
  const grown = (name) => Math.max(0, figures[name] - last[name]);
  const rate = (name) => (millis >= LEAST_MILLIS ? (grown(name) * 1000) / millis : (before?.[name] ?? null));
  const more = (name) => (last ? Math.max(0, sum(figures[name]) - sum(last[name])) : 0);
  return {
    connections: sum(figures.connections),
    rooms: figures.rooms,
    members: figures.members,
    published: rate("published"),
    delivered: rate("delivered"),
    deliveryP50: figures.delivery?.p50Millis ?? null,
    deliveryP99: figures.delivery?.p99Millis ?? null,
    appendP50: figures.append?.p50Millis ?? null,
    appendP99: figures.append?.p99Millis ?? null,
    queued: figures.appendQueueBytes + figures.tailBytes,
    slow: more("slow"),
    limits: more("limits"),
    heap: figures.heapBytes,
    direct: figures.directBytes,
    lag: figures.loopLagMillis,
    cpu: figures.cpu,
  };
}

const LARGEST = ["deliveryP50", "deliveryP99", "appendP50", "appendP99", "lag"];
const ADDED = ["slow", "limits"];

function merged(before, sample) {
  const both = { ...sample };
  for (const name of LARGEST) {
    both[name] = largest(before[name], sample[name]);
  }
  for (const name of ADDED) {
    both[name] += before[name];
  }
  return both;
}

function largest(one, other) {
  return one === null ? other : other === null ? one : Math.max(one, other);
}
