/**
 * The last events of a cluster, as the figures of its nodes tell them: nodes that start, change their state or end, lost
 * continuity, limits and slow consumers. Does not touch the page.
 *
 * Each event is `{id, time, kind, node, detail, count}`: `time` in milliseconds since 1970 by the node's clock, `kind`
 * the key of its text, `count` how many there were; `level` is `good`, `bad`, `warning` or `information`.
 */

import { nameOf } from "./cluster.js";

/** How many events are kept. */
const MAX_EVENTS = 100;

/** Events of one kind and node within this time are one. */
const SAME_MILLIS = 60_000;

const LEVELS = {
  started: "good",
  ready: "good",
  notReady: "bad",
  draining: "information",
  stopped: "information",
  gone: "bad",
  back: "good",
  copying: "information",
  copied: "good",
  alone: "bad",
  lost: "bad",
  limit: "warning",
  slow: "warning",
};

/** A start is no event if it was earlier than this before the first figures. */
const STARTED_SECONDS = 600;

export class EventLog {
  #events = [];
  #gone = new Set();
  #number = 0;

  /** The events, the newest first. */
  get events() {
    return this.#events;
  }

  /** Takes the figures of a node, and those before of the same incarnation, `null` if there are none. */
  update(figures, last) {
    if (this.#gone.delete(figures.node)) {
      this.#add(figures, "back");
    }
    if (!last) {
      if (figures.uptimeSeconds !== null && figures.uptimeSeconds <= STARTED_SECONDS) {
        this.#add({ ...figures, time: figures.time - figures.uptimeSeconds * 1000 }, "started", figures.version);
      }
      return;
    }
    if (figures.state !== last.state && figures.state in LEVELS) {
      this.#add(figures, figures.state, figures.failing.join(", "));
    }
    this.#copiesChanged(figures, last);
    this.#counted(figures, "lost", "", figures.gaps - last.gaps);
    for (const name of ["limits", "slow"]) {
      const kind = name === "limits" ? "limit" : "slow";
      for (const [which, count] of Object.entries(figures[name])) {
        this.#counted(figures, kind, which, count - (last[name][which] ?? 0));
      }
    }
  }

  /** Notices nodes that tell nothing any more. */
  watch(cluster, clock) {
    for (const node of cluster.nodes(clock)) {
      if (node.state(clock) === "gone" && !this.#gone.has(node.id)) {
        this.#gone.add(node.id);
        this.#add({ ...node.last, time: node.updatedAt }, "gone");
      }
    }
  }

  #copiesChanged(figures, last) {
    const before = copiesOf(last);
    const now = copiesOf(figures);
    if (figures.clustered && before !== now) {
      this.#add(figures, now);
    }
  }

  #counted(figures, kind, detail, count) {
    if (count > 0) {
      this.#add(figures, kind, detail, count);
    }
  }

  #add(figures, kind, detail = "", count = 1) {
    const { time } = figures;
    const node = nameOf(figures);
    const isCounted = kind === "lost" || kind === "limit" || kind === "slow";
    const isSame = (one) => one.kind === kind && one.node === node && one.detail === detail;
    const same = isCounted && this.#events.find(isSame);
    if (same && time - same.time < SAME_MILLIS) {
      same.count += count;
      return;
    }
    const event = { id: ++this.#number, time, kind, node, detail, count, level: LEVELS[kind] ?? "information" };
    this.#events.unshift(event);
    this.#events.sort((a, b) => b.time - a.time || b.id - a.id);
    this.#events.length = Math.min(this.#events.length, MAX_EVENTS);
  }
}

function copiesOf({ nodes, copies }) {
  return nodes < 2 ? "alone" : copies ? "copied" : "copying";
}
