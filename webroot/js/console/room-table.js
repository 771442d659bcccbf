/** The table of rooms: asked for every few seconds, with how fast each one's log has grown since. */

import { say } from "../common/i18n.js";
import { element, keyed, put } from "../common/dom.js";
import { NONE, count } from "./written.js";

/** Rooms that are asked for at once. */
const MOST = 200;

const LOOK_MILLIS = 3000;

/** A list looks at the names of all rooms: where that takes long, it is asked for less often. */
const PAUSE_PER_MILLI = 10;

/** The room of the nodes themselves is not one to look into. */
const OWN = ".stentor";

const COLUMNS = ["room", "connections", "users", "messages", "rate"];

class Row {
  #cells = {};

  constructor(room, open) {
    this.button = element("button", { type: "button", className: "quiet", textContent: room });
    this.button.addEventListener("click", () => open(room));
    this.element = element("tr", {}, element("th", { scope: "row" }, this.button));
    this.element.dataset.room = room;
    for (const column of COLUMNS.slice(1)) {
      this.#cells[column] = element("td", { className: column });
      this.element.append(this.#cells[column]);
    }
  }

  write(known) {
    for (const [column, cell] of Object.entries(this.#cells)) {
      put(cell, known[column] === null ? NONE : count(known[column]));
    }
  }
}

export class RoomTable {
  #body;
  #api;
  #open;
  #onLooked;
  #rows = new Map();
  #known = new Map();
  #prefix = "";
  #sorted = { column: "room", down: false };
  #timer = 0;
  #turn = 0;
  #order = [];

  /**
   * A table's body. `open(room)`: somebody wants to look into one. `onLooked({more, problem})`: the list was read, or
   * could not be.
   */
  constructor(body, api, open, onLooked) {
    this.#body = body;
    this.#api = api;
    this.#open = open;
    this.#onLooked = onLooked;
  }

  get size() {
    return this.#known.size;
  }

  get sorted() {
    return this.#sorted;
  }

  /** Shows rooms whose names begin so. */
  search(prefix) {
    this.#prefix = prefix;
    this.look();
  }

  /** Sorts by a column, the other way round where it is sorted by that. */
  sort(column) {
    const { column: before, down } = this.#sorted;
    this.#sorted = { column, down: column === before ? !down : column !== "room" };
    this.#arrange(true);
  }

  /** Asks now, and then every few seconds. */
  async look() {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    const begun = performance.now();
    if (!document.hidden) {
      try {
        const query = new URLSearchParams({ limit: MOST, prefix: this.#prefix });
        const { rooms, next } = await this.#api.read(`./rooms?${query}`);
        if (turn === this.#turn) {
          this.#take(rooms, performance.now());
          this.#onLooked({ more: next !== undefined });
        }
      } catch (problem) {
        if (turn === this.#turn) {
          this.#onLooked({ problem });
        }
      }
    }
    if (turn === this.#turn) {
      const took = performance.now() - begun;
      this.#timer = setTimeout(() => this.look(), Math.max(LOOK_MILLIS, PAUSE_PER_MILLI * took));
    }
  }

  /** Asks no more. */
  close() {
    clearTimeout(this.#timer);
    this.#turn++;
    this.#known.clear();
    this.#arrange(true);
  }

  #take(rooms, now) {
    const before = this.#known;
    this.#known = new Map();
    for (const { room, connections = null, users = null, messages = 0, position = "" } of rooms) {
      if (room !== OWN) {
        const rate = growth(before.get(room), position, now);
        this.#known.set(room, { room, connections, users, messages, position, now, rate });
      }
    }
    // Nothing moves under somebody's hands.
    const used = this.#body.contains(document.activeElement) || this.#body.matches(":hover");
    this.#arrange(!used);
  }

  #arrange(anew) {
    const known = this.#known;
    if (anew) {
      this.#order = [...known.values()].sort((a, b) => compared(a, b, this.#sorted)).map(({ room }) => room);
    } else {
      const held = this.#order.filter((room) => known.has(room));
      this.#order = [...held, ...[...known.keys()].filter((room) => !held.includes(room))];
    }
    keyed(this.#body, this.#order, this.#rows, (room) => new Row(room, this.#open));
    this.write();
  }

  /** Writes the numbers, in the language that is spoken. */
  write() {
    this.#rows.forEach((row, room) => row.write(this.#known.get(room)));
  }
}

/** Messages a second since the last look; null where that is not known. */
function growth(before, position, now) {
  const [epoch, offset] = position.split(":");
  const [epochBefore, offsetBefore] = before?.position.split(":") ?? [];
  return position && epoch === epochBefore ? ((offset - offsetBefore) * 1000) / (now - before.now) : null;
}

function compared(a, b, { column, down }) {
  const byName = a.room < b.room ? -1 : 1;
  const one = a[column] ?? -1;
  const other = b[column] ?? -1;
  const order = one === other ? byName : one < other ? -1 : 1;
  return one !== other && down ? -order : order;
}

/** A button in the head of each column, which sorts by it. */
export function sortable(table, rooms) {
  const show = () => {
    for (const head of table.querySelectorAll("th[data-column]")) {
      const { column, down } = rooms()?.sorted ?? { column: "room", down: false };
      head.ariaSort = head.dataset.column === column ? (down ? "descending" : "ascending") : "none";
      put(head.querySelector("button"), say(`column_${head.dataset.column}`));
    }
  };
  for (const head of table.querySelectorAll("th[data-column]")) {
    head.querySelector("button").addEventListener("click", () => {
      rooms()?.sort(head.dataset.column);
      show();
    });
  }
  return show;
}
