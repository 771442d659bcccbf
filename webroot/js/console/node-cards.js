/** The nodes as cards. If one is chosen, the tiles show the figures of that node alone. */

import { element, setText } from "../common/dom.js";
import { bytes, coarse, count, measured, percent, timeSpan } from "../common/format.js";
import { translate } from "../translations/console.js";
import { updateList } from "./keyed-list.js";

/** The rows of a card by the keys of their names. */
const ROWS = {
  connections: (node, { all }) => {
    const own = node.now.connections;
    return all > 0 ? `${count(own)} (${percent(own / all)})` : count(own);
  },
  transports: ({ last }) => list(last.connections),
  roomsMembers: ({ last }) => `${count(last.rooms)} / ${count(last.members)}`,
  published: ({ now }) => count(now.published),
  delivered: ({ now }) => count(now.delivered),
  deliveryP99: ({ now }) => coarse(now.deliveryP99),
  appendP99: ({ now }) => measured(now.appendP99),
  queues: ({ last }) => `${bytes(last.appendQueueBytes)} / ${bytes(last.tailBytes)}`,
  heap: ({ last }) => translate("ofMost", { used: bytes(last.heapBytes), most: bytes(last.heapMaxBytes) }),
  lag: ({ last }) => measured(last.loopLagMillis),
  cpu: ({ last }) => percent(last.cpu),
  copies: ({ last }) => translate(last.nodes < 2 ? "copiesAlone" : last.copies ? "copiesSafe" : "copiesMissing"),
  disk: ({ last }) => disk(last.disk),
  slow: ({ last }) => list(last.slow),
  limits: ({ last }) => list(last.limits),
};

/** Names with their counts, without those that are 0. */
function list(counts) {
  const some = Object.entries(counts).filter(([, number]) => number > 0);
  return some.length === 0 ? translate("none") : some.map(([name, number]) => `${name} ${count(number)}`).join(", ");
}

/** What a data directory has, and what is wrong with it. */
function disk(found) {
  if (!found) {
    return translate("diskNone");
  }
  const size = bytes(found.bytes);
  if (!found.writable) {
    return translate("diskUnwritable", { size });
  }
  return found.damaged > 0 ? translate("diskDamaged", { size, places: count(found.damaged) }) : size;
}

export class NodeCards {
  #list;
  #onChoose;
  #cards = new Map();
  #chosen = "";

  /** Fills a list element. `onChoose()` is called when another node is chosen, or none. */
  constructor(list, onChoose) {
    this.#list = list;
    this.#onChoose = onChoose;
  }

  /** The name of the chosen node; empty if none is. */
  get chosen() {
    return this.#chosen;
  }

  draw(cluster, clock) {
    const nodes = cluster.nodes(clock);
    const running = cluster.running(clock);
    const all = cluster.now("connections", "sum", clock) ?? 0;
    if (this.#chosen && !nodes.some(({ name }) => name === this.#chosen)) {
      this.#choose(this.#chosen);
    }
    // An address has one card, whatever incarnation is there, unless several are running.
    const byKey = new Map();
    nodes.forEach((node) => byKey.set(byKey.has(node.name) ? `${node.name} ${node.id}` : node.name, node));
    updateList(this.#list, [...byKey.keys()], this.#cards, () => new Card((name) => this.#choose(name)));
    byKey.forEach((node, key) => {
      const context = {
        clock,
        all: running.includes(node) ? all : 0,
        chosen: node.name === this.#chosen,
        incarnations: cluster.incarnations(node),
      };
      this.#cards.get(key).draw(node, context);
    });
  }

  /** Chooses a node, or none if it was chosen already. */
  #choose(name) {
    this.#chosen = this.#chosen === name ? "" : name;
    this.#onChoose();
  }
}

class Card {
  #state = element("span", { className: "state" });
  #button;
  #version = element("span", { className: "hint" });
  #process = element("p", { className: "hint process" });
  #share = element("span");
  #rows = {};

  constructor(choose) {
    this.#button = element("button", { type: "button", className: "quiet id" });
    this.#button.addEventListener("click", () => choose(this.#button.textContent));
    const gauge = element("div", { className: "gauge", ariaHidden: "true" }, this.#share);
    const facts = element("dl");
    for (const key of Object.keys(ROWS)) {
      this.#rows[key] = { name: element("dt"), value: element("dd") };
      facts.append(element("div", {}, this.#rows[key].name, this.#rows[key].value));
    }
    const head = element("div", { className: "head" }, this.#button, this.#version, this.#state);
    this.element = element("li", { className: "card" }, head, this.#process, gauge, facts);
  }

  draw(node, { clock, all, chosen, incarnations }) {
    const state = node.state(clock);
    const { name, version, uptimeSeconds, failing } = node.last;
    const silence = Math.max(0, Math.round((clock - node.updatedAt) / 1000));
    this.element.dataset.node = node.id;
    this.element.dataset.state = state;
    this.element.classList.toggle("chosen", chosen);
    this.#button.setAttribute("aria-pressed", String(chosen));
    this.#button.title = `${node.name}: ${translate("onlyThis")}`;
    setText(this.#button, node.name);
    const checks = state === "notReady" && failing.length > 0 ? `: ${failing.join(", ")}` : "";
    setText(this.#state, translate(`state_${state}`, { time: timeSpan(silence) }) + checks);
    setText(this.#version, version);
    const starts = incarnations > 1 ? ` · ${translate("starts", { count: count(incarnations) })}` : "";
    setText(this.#process, translate("process", { id: node.id, name, uptime: timeSpan(uptimeSeconds) }) + starts);
    this.#share.style.width = all > 0 ? `${(100 * node.now.connections) / all}%` : "0";
    for (const [key, row] of Object.entries(this.#rows)) {
      setText(row.name, translate(`node_${key}`));
      setText(row.value, ROWS[key](node, { all }));
    }
  }
}
