/**
 * All nodes as their figures tell. Its clock is the latest time that any node has said, and goes on by itself while they
 * are heard: the clocks of nodes, and of this browser, may differ. Knows nothing of the page.
 */

import { Node, SPAN_MILLIS, STEP_MILLIS } from "./node.js";

/** A node that was not heard for so long is no longer shown. */
const FORGET_MILLIS = 300_000;

/** Plots begin where the first figures are of, and are this long at least. */
const LEAST_SPAN_MILLIS = 60_000;

export class Cluster {
  #nodes = new Map();
  #clock = 0;
  #first = 0;
  #heardAt = 0;

  /** Takes messages of the nodes' room, as they came; what is none of them is left alone. */
  take(texts, now) {
    for (const text of texts) {
      const figures = read(text);
      if (figures) {
        this.#clock = Math.max(this.#clock, figures.time);
        this.#first ||= this.#clock;
        this.#heardAt = now;
        if (!this.#nodes.has(figures.node)) {
          this.#nodes.set(figures.node, new Node(figures.node));
        }
        this.#nodes.get(figures.node).take(figures, this.#clock);
      }
    }
  }

  /** For how long no node was heard, in milliseconds; `Infinity` where none ever was. */
  silence(now) {
    return this.#heardAt === 0 ? Infinity : now - this.#heardAt;
  }

  /** The moment that the last figures are of, in milliseconds since 1970. */
  get newest() {
    return this.#clock;
  }

  /** The cluster's clock. While nothing can be heard it stands still. */
  clock(now, live) {
    return this.#clock + (live ? now - this.#heardAt : 0);
  }

  /** The nodes by name; those that were not heard for minutes are left out. */
  nodes(clock) {
    for (const [id, node] of this.#nodes) {
      if (clock - node.heard > FORGET_MILLIS) {
        this.#nodes.delete(id);
      }
    }
    return [...this.#nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The nodes that say how they are at this moment. */
  present(clock) {
    return this.nodes(clock).filter((node) => !["silent", "gone", "stopped"].includes(node.state(clock)));
  }

  /** How far back plots go that end now, in milliseconds. */
  span(clock) {
    return Math.min(SPAN_MILLIS, Math.max(LEAST_SPAN_MILLIS, clock - this.#first));
  }

  #steps(clock) {
    const end = Math.floor(clock / STEP_MILLIS);
    const length = Math.floor(this.span(clock) / STEP_MILLIS);
    return Array.from({ length }, (_, i) => end - length + 1 + i);
  }

  /** The moments of a plot that ends now, in seconds. */
  moments(clock) {
    return this.#steps(clock).map((step) => (step * STEP_MILLIS) / 1000);
  }

  /**
   * The values of one figure at those moments: of all nodes together, or of one.
   *
   * `how`: `sum` adds the nodes up, `most` takes the largest, `count` adds up what happened and is never missing.
   */
  values(figure, how, clock, only) {
    const nodes = this.nodes(clock).filter(({ id }) => !only || id === only);
    return this.#steps(clock).map((step) => {
      const all = nodes.map((node) => node.at(step, how !== "count")?.[figure] ?? null).filter((one) => one !== null);
      return together(all, how);
    });
  }

  /** The value of a figure now, the same way; null where no node has said it. */
  now(figure, how, clock, only) {
    const nodes = this.present(clock).filter(({ id }) => !only || id === only);
    return together(nodes.map((node) => node.now?.[figure] ?? null).filter((one) => one !== null), how);
  }
}

function together(values, how) {
  if (values.length === 0) {
    return how === "count" ? 0 : null;
  }
  return how === "most" ? Math.max(...values) : values.reduce((all, one) => all + one, 0);
}

function read(text) {
  try {
    const figures = JSON.parse(text);
    return typeof figures.node === "string" && Number.isFinite(figures.time) ? figures : null;
  } catch {
    return null;
  }
}
