/** The nodes as cards; one that is chosen is the only one that the plots show. */

import { say } from "../common/i18n.js";
import { element, keyed, put } from "../common/dom.js";
import { count, long, part, shortTime, size, time } from "./written.js";

/** What a card says of its node, by the keys of its words. */
const ROWS = {
  connections: (node, { all }) => {
    const mine = node.now.connections;
    return all > 0 ? `${count(mine)} (${part(mine / all)})` : count(mine);
  },
  transports: ({ last }) => list(last.connections),
  roomsMembers: ({ last }) => `${count(last.rooms)} / ${count(last.members)}`,
  published: ({ now }) => count(now.published),
  delivered: ({ now }) => count(now.delivered),
  deliveryP99: ({ now }) => time(now.deliveryP99),
  appendP99: ({ now }) => shortTime(now.appendP99),
  queues: ({ last }) => `${size(last.appendQueueBytes)} / ${size(last.tailBytes)}`,
  heap: ({ last }) => say("ofMost", { used: size(last.heapBytes), most: size(last.heapMaxBytes) }),
  lag: ({ last }) => shortTime(last.loopLagMillis),
  cpu: ({ last }) => part(last.cpu),
  copies: ({ last }) => say(last.nodes < 2 ? "copiesAlone" : last.copies ? "copiesSafe" : "copiesMissing"),
  slow: ({ last }) => list(last.slow),
  limits: ({ last }) => list(last.limits),
};

/** Names with their numbers, without those that are nothing. */
function list(counts) {
  const some = Object.entries(counts).filter(([, number]) => number > 0);
  return some.length === 0 ? say("none") : some.map(([name, number]) => `${name} ${count(number)}`).join(", ");
}

class Card {
  #cells = {};

  constructor(id, choose) {
    this.id = id;
    this.state = element("span", { className: "state" });
    this.button = element("button", { type: "button", className: "quiet id", textContent: id });
    this.button.addEventListener("click", () => choose(id));
    this.version = element("span", { className: "hint" });
    this.where = element("p", { className: "hint where" });
    this.share = element("span");
    const gauge = element("div", { className: "gauge", ariaHidden: "true" }, this.share);
    this.facts = element("dl");
    for (const key of Object.keys(ROWS)) {
      const name = element("dt");
      this.#cells[key] = { name, cell: element("dd") };
      this.facts.append(element("div", {}, name, this.#cells[key].cell));
    }
    const head = element("div", { className: "head" }, this.button, this.version, this.state);
    this.element = element("li", { className: "card" }, head, this.where, gauge, this.facts);
    this.element.dataset.node = id;
  }

  write(node, { clock, all, chosen }) {
    const state = node.state(clock);
    const { name, version, uptimeSeconds, failing } = node.last;
    const silence = Math.max(0, Math.round((clock - node.heard) / 1000));
    this.element.dataset.state = state;
    this.element.classList.toggle("chosen", chosen);
    this.button.setAttribute("aria-pressed", String(chosen));
    this.button.title = say("onlyThis");
    const why = state === "notReady" && failing?.length > 0 ? `: ${failing.join(", ")}` : "";
    put(this.state, say(`state_${state}`, { time: long(silence) }) + why);
    put(this.version, version ? String(version) : "");
    put(this.where, say("where", { name: String(name), uptime: long(uptimeSeconds) }));
    this.share.style.width = all > 0 ? `${(100 * node.now.connections) / all}%` : "0";
    for (const [key, { name: term, cell }] of Object.entries(this.#cells)) {
      put(term, say(`node_${key}`));
      put(cell, ROWS[key](node, { all }));
    }
  }
}

export class Nodes {
  #list;
  #onChoose;
  #cards = new Map();
  #chosen = "";

  /** Fills a list. `onChoose(id)`: one is the only one that is wanted; empty for all. */
  constructor(list, onChoose) {
    this.#list = list;
    this.#onChoose = onChoose;
  }

  /** The chosen node; empty where all are. */
  get chosen() {
    return this.#chosen;
  }

  draw(cluster, clock) {
    const nodes = cluster.nodes(clock);
    const all = cluster.now("connections", "sum", clock) ?? 0;
    if (this.#chosen && !nodes.some(({ id }) => id === this.#chosen)) {
      this.choose(this.#chosen);
    }
    keyed(
      this.#list,
      nodes.map(({ id }) => id),
      this.#cards,
      (id) => new Card(id, (one) => this.choose(one)),
    );
    for (const node of nodes) {
      const present = cluster.present(clock).includes(node);
      const shown = { clock, all: present ? all : 0, chosen: node.id === this.#chosen };
      this.#cards.get(node.id).write(node, shown);
    }
  }

  /** Chooses one, or none where it was the chosen one. */
  choose(id) {
    this.#chosen = this.#chosen === id ? "" : id;
    this.#onChoose(this.#chosen);
  }
}
