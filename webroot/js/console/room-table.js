/** The table of rooms, read every few seconds, with how fast each log grows. */

import { byId, element, onSubmit, setText } from "../common/dom.js";
import { count } from "../common/format.js";
import { translate } from "../translations/console.js";
import { updateList } from "./keyed-list.js";
import { errorText } from "./results.js";

/** How many rooms are asked for. */
const LIMIT = 200;

const UPDATE_MILLIS = 3000;

/** Listing searches all names of rooms: the pause is at least this many times the time that it took. */
const PAUSE_FACTOR = 10;

/** The room of the nodes' figures, which is not listed. */
const FIGURES_ROOM = ".stentor";

const inOrder = new Intl.Collator("en", { numeric: true });

const COLUMNS = ["connections", "users", "messages", "rate"];

/** By activity. */
const DEFAULT_SORT = { column: "rate", down: true };

export class RoomTable {
  #body = byId("rooms");
  #heads = [...byId("roomTable").querySelectorAll("th[data-column]")];
  #actions;
  #api = null;
  #rows = new Map();
  #rooms = new Map();
  #order = [];
  #prefix = "";
  #sort = DEFAULT_SORT;
  #timer = 0;
  #request = 0;
  /** The last answer, `{more}` or `{error}`; `null` before the first. */
  #answer = null;

  /** Creates an empty table. `actions` has `open(room)` and `loaded()`. */
  constructor(actions) {
    this.#actions = actions;
    for (const head of this.#heads) {
      head.querySelector("button").addEventListener("click", () => this.#sortBy(head.dataset.column));
    }
    onSubmit("frmSearch", () => {});
    byId("txtSearch").addEventListener("input", () => this.#search(byId("txtSearch").value));
  }

  /** Whether there was an answer, or an error. */
  get isLoaded() {
    return this.#answer !== null;
  }

  start(api) {
    this.#api = api;
    this.#search(byId("txtSearch").value);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#request++;
    this.#api = null;
    this.#answer = null;
    this.#rooms.clear();
    this.#sort = DEFAULT_SORT;
    this.#arrange(true);
  }

  /** Writes everything in the language of the page. */
  draw() {
    for (const head of this.#heads) {
      const { column, down } = this.#sort;
      head.ariaSort = head.dataset.column === column ? (down ? "descending" : "ascending") : "none";
      setText(head.querySelector("button"), translate(`column_${head.dataset.column}`));
    }
    this.#rows.forEach((row, room) => row.draw(this.#rooms.get(room)));
    setText(byId("roomsNote"), this.#note());
  }

  #note() {
    if (this.#answer === null) {
      return translate("loading");
    }
    if (this.#answer.error) {
      return errorText(this.#answer.error);
    }
    const shown = this.#rooms.size;
    if (shown === 0) {
      return translate(this.#prefix ? "roomsNotFound" : "roomsNone");
    }
    return this.#answer.more ? translate("roomsMore", { count: shown }) : translate("roomsAll", { count: shown });
  }

  #search(prefix) {
    this.#prefix = prefix;
    if (this.#api) {
      this.#load();
    }
  }

  /** Sorts by a column, and the other way round if it is sorted by that column. */
  #sortBy(column) {
    const { column: before, down } = this.#sort;
    this.#sort = { column, down: column === before ? !down : column !== "room" };
    this.#arrange(true);
  }

  /** Reads the list now, and then every few seconds. */
  async #load() {
    clearTimeout(this.#timer);
    const number = ++this.#request;
    const started = performance.now();
    if (!document.hidden) {
      const answer = await this.#read();
      if (number !== this.#request) {
        return;
      }
      this.#answer = answer;
      if (answer.rooms) {
        this.#update(answer.rooms, performance.now());
      } else {
        this.draw();
      }
      this.#actions.loaded();
    }
    const took = performance.now() - started;
    this.#timer = setTimeout(() => this.#load(), Math.max(UPDATE_MILLIS, PAUSE_FACTOR * took));
  }

  async #read() {
    try {
      const query = new URLSearchParams({ limit: LIMIT, prefix: this.#prefix });
      const { rooms = [], next } = await this.#api.read(`./rooms?${query}`);
      return { rooms, more: next !== undefined };
    } catch (error) {
      return { error };
    }
  }

  #update(rooms, now) {
    const before = this.#rooms;
    this.#rooms = new Map();
    for (const { room, connections = null, users = null, messages = 0, position = "" } of rooms) {
      if (room !== FIGURES_ROOM) {
        const rate = growth(before.get(room), position, now);
        this.#rooms.set(room, { room, connections, users, messages, position, now, rate });
      }
    }
    // Rows do not move while the user points at one or has the focus on it.
    const isInUse = this.#body.contains(document.activeElement) || this.#body.matches(":hover");
    this.#arrange(!isInUse);
  }

  #arrange(sort) {
    const rooms = this.#rooms;
    if (sort) {
      this.#order = [...rooms.values()].sort((a, b) => compare(a, b, this.#sort)).map(({ room }) => room);
    } else {
      const kept = this.#order.filter((room) => rooms.has(room));
      this.#order = [...kept, ...[...rooms.keys()].filter((room) => !kept.includes(room))];
    }
    updateList(this.#body, this.#order, this.#rows, (room) => new Row(room, () => this.#actions.open(room)));
    this.draw();
  }
}

class Row {
  #cells = {};

  constructor(room, open) {
    const button = element("button", { type: "button", className: "quiet", textContent: room, title: room });
    button.addEventListener("click", open);
    this.element = element("tr", {}, element("th", { scope: "row" }, button));
    this.element.dataset.room = room;
    for (const column of COLUMNS) {
      this.#cells[column] = element("td", { className: column });
      this.element.append(this.#cells[column]);
    }
  }

  draw(values) {
    for (const [column, cell] of Object.entries(this.#cells)) {
      setText(cell, count(values[column]));
    }
  }
}

/** Returns the messages per second since the last answer; `null` if not known. */
function growth(before, position, now) {
  const [epoch, offset] = position.split(":");
  const [epochBefore, offsetBefore] = before?.position.split(":") ?? [];
  return position && epoch === epochBefore ? ((offset - offsetBefore) * 1000) / (now - before.now) : null;
}

function compare(a, b, { column, down }) {
  const one = a[column] ?? -1;
  const other = b[column] ?? -1;
  if (one !== other) {
    return one < other === down ? 1 : -1;
  }
  const byActivity = (b.rate ?? 0) - (a.rate ?? 0) || (b.connections ?? 0) - (a.connections ?? 0);
  return byActivity || inOrder.compare(a.room, b.room) || (a.room < b.room ? -1 : 1);
}
