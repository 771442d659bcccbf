/** The list of the last events of the cluster. */

import { element, setText } from "../common/dom.js";
import { clockTime, count } from "../common/format.js";
import { translate } from "../translations/console.js";
import { updateList } from "./keyed-list.js";

export class EventList {
  #list;
  #rows = new Map();

  /** Fills a list element. */
  constructor(list) {
    this.#list = list;
  }

  /** Draws these events, the newest first. */
  draw(events) {
    const byId = new Map(events.map((event) => [event.id, event]));
    updateList(this.#list, [...byId.keys()], this.#rows, () => new Row());
    this.#rows.forEach((row, id) => row.draw(byId.get(id)));
  }
}

class Row {
  #time = element("time");
  #what = element("span", { className: "what" });
  #node = element("span", { className: "node" });

  constructor() {
    this.element = element("li", {}, this.#time, this.#what, this.#node);
  }

  draw({ time, kind, node, detail, count: times, level }) {
    const iso = new Date(time).toISOString();
    this.element.dataset.level = level;
    this.element.dataset.kind = kind;
    this.#time.dateTime = this.#time.title = iso;
    setText(this.#time, clockTime(time));
    const key = detail && kind === "notReady" ? "event_notReadyFor" : `event_${kind}`;
    setText(this.#what, translate(key, { detail, count: count(times) }));
    setText(this.#node, node);
    this.#node.title = node;
  }
}
