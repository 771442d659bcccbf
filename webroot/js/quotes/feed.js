/**
 * The quotes of a server: finds the rooms whose names begin with `quotes:` and receives all of them by one connection.
 *
 * Events: `symbols` (there are new ones), `rooms` (the list was read: `{more, slowConsumer}`, or could not be:
 * `{error}`).
 */

import { requestJson, roomPath } from "../common/http.js";
import { PREFIX, Quote } from "./quote.js";

/** The server's limit is 128 rooms for one connection. */
export const MAX_ROOMS = 120;

/** How many earlier prices of each room are read at first, for its sparkline. */
const EARLIER_PRICES = 60;

const UPDATE_MILLIS = 15_000;
/** The same while there are no rooms. */
const UPDATE_SOON_MILLIS = 3000;

export class Feed extends EventTarget {
  /** The quotes by the names of their rooms. */
  quotes = new Map();
  /** The number of updates received, and of those that the server left out, in all rooms. */
  received = 0;
  conflated = 0;
  #client;
  #onQuote;

  /** Creates a feed, which has no rooms yet. `onQuote(quote)` is called for each update. */
  constructor(client, onQuote) {
    super();
    this.#client = client;
    this.#onQuote = onQuote;
  }

  /** Looks for rooms now, and then every few seconds. */
  async start() {
    try {
      const { rooms = [], next } = await read(`./rooms?prefix=${PREFIX}&limit=${MAX_ROOMS}`);
      const added = rooms.filter(({ room }) => !this.quotes.has(room) && this.quotes.size < MAX_ROOMS);
      added.forEach(({ room }) => this.#add(room));
      if (added.length > 0) {
        this.#dispatch("symbols");
      }
      this.#dispatch("rooms", { more: next !== undefined, slowConsumer: await this.#slowConsumer() });
    } catch (error) {
      this.#dispatch("rooms", { error });
    }
    setTimeout(() => this.start(), this.quotes.size > 0 ? UPDATE_MILLIS : UPDATE_SOON_MILLIS);
  }

  /** The rule for slow consumers of the first room; undefined if there is none. */
  async #slowConsumer() {
    const [room] = this.quotes.keys();
    return room === undefined ? undefined : (await read(roomPath(room))).options?.slowConsumer;
  }

  #add(name) {
    const quote = new Quote(name);
    this.quotes.set(name, quote);
    const subscription = new Subscription(this.#client.room(name), quote, {
      received: () => this.received++,
      changed: () => this.#onQuote(quote),
      skipped: (count) => (this.conflated += count),
    });
    subscription.start();
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The subscription to the room of one quote. */
class Subscription {
  #room;
  #quote;
  #actions;
  /** Updates that are held back while earlier ones are read; `null` if none are. */
  #held = [];
  #last = { epoch: "", offset: 0 };

  /** `actions` has `received()` (an update), `skipped(count)` (updates) and `changed()` (the quote). */
  constructor(room, quote, actions) {
    this.#room = room;
    this.#quote = quote;
    this.#actions = actions;
  }

  start() {
    const room = this.#room;
    room.addEventListener("message", ({ detail }) => this.#received(detail));
    room.addEventListener("gap", ({ detail: { from, to } }) => this.#skipped(to - from + 1));
    room.addEventListener("joined", ({ detail }) => this.#joined(detail));
    room.addEventListener("refused", () => this.#held && this.#begin([]));
    room.join();
  }

  #received(message) {
    if (this.#held) {
      this.#held.push(message);
    } else {
      this.#update(message);
    }
  }

  #update({ data, position }) {
    this.#last = position;
    if (this.#quote.update(data, Date.now())) {
      this.#actions.received();
      this.#actions.changed();
    }
  }

  #skipped(count) {
    this.#quote.skip(count);
    this.#actions.skipped(count);
  }

  async #joined({ first, recovered }) {
    const { epoch, offset } = this.#room;
    if (first) {
      this.#last = { epoch, offset };
      this.#begin(await newestOf(this.#room, EARLIER_PRICES));
    } else if (!recovered) {
      await this.#resume(epoch, offset);
    }
  }

  /** Takes earlier prices, which do not count as updates, and then the updates held back. */
  #begin(earlier) {
    const held = this.#held ?? [];
    const first = held[0]?.offset ?? Infinity;
    earlier.filter(({ offset }) => offset < first).forEach(({ data }) => this.#quote.update(data, Date.now()));
    this.#quote.received = 0;
    this.#release(held);
    this.#actions.changed();
  }

  /** Reads the newest price, since missed updates are not delivered again. */
  async #resume(epoch, offset) {
    this.#held = [];
    const [newest] = await newestOf(this.#room, 1);
    const held = this.#held ?? [];
    const updates = newest && held.length === 0 ? [newest] : held;
    if (epoch === this.#last.epoch) {
      this.#skipped(Math.max(0, offset - this.#last.offset - (updates === held ? 0 : 1)));
    }
    this.#release(updates);
  }

  #release(updates) {
    this.#held = null;
    updates.forEach((message) => this.#update(message));
  }
}

/** Returns a promise of the newest messages of a room; none if they cannot be read. */
function newestOf(room, limit) {
  return room.history({ limit }).then(({ messages }) => messages, () => []);
}

function read(path) {
  return requestJson(path, { cache: "no-store" });
}
