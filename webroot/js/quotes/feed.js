/**
 * The quotes of a server: finds the rooms whose names begin with `quotes:` and receives all of them by one connection.
 *
 * Events: `symbols` (there are new ones), `rooms` (the list was read: `{more, slowConsumer}`, or could not be:
 * `{error}`).
 */

import { requestJson, roomPath } from "../common/http.js";
import { MAX_PRICES, PLOT_SECONDS, PREFIX, Quote } from "./quote.js";

/** The server's limit is 128 rooms for one connection. */
export const MAX_ROOMS = 120;

/** How many earlier prices of each room are read at first, and then in each request; the server's limit is 300. */
const FIRST_PRICES = 60;
const MORE_PRICES = 300;
const MAX_REQUESTS = 8;

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
  #headers;
  #onQuote;
  #subscriptions = new Map();
  #isPaused = false;
  #filled = Promise.resolve();
  #isLooking = false;
  #timer = 0;

  /**
   * Creates a feed, which has no rooms yet. `headers()` returns a promise of the header fields of each request;
   * `onQuote(quote)` is called for each update.
   */
  constructor(client, headers, onQuote) {
    super();
    this.#client = client;
    this.#headers = headers;
    this.#onQuote = onQuote;
  }

  /** Looks for rooms now, and then every few seconds until `stop`. */
  async start() {
    this.#isLooking = true;
    try {
      const { rooms = [], next } = await this.#read(`./rooms?prefix=${PREFIX}&limit=${MAX_ROOMS}`);
      const added = rooms.filter(({ room }) => !this.quotes.has(room) && this.quotes.size < MAX_ROOMS);
      added.forEach(({ room }) => this.#add(room));
      if (added.length > 0) {
        this.#dispatch("symbols");
      }
      this.#dispatch("rooms", { more: next !== undefined, slowConsumer: await this.#slowConsumer() });
    } catch (error) {
      this.#dispatch("rooms", { error });
    }
    clearTimeout(this.#timer);
    if (this.#isLooking) {
      this.#timer = setTimeout(() => this.start(), this.quotes.size > 0 ? UPDATE_MILLIS : UPDATE_SOON_MILLIS);
    }
  }

  /** Does not look for rooms any more. Those that were found go on. */
  stop() {
    this.#isLooking = false;
    clearTimeout(this.#timer);
  }

  /** Reads the last minute of a quote now. Those of the others follow one after the other. */
  fill(quote) {
    this.#subscriptions.get(quote).fill();
  }

  /** Joins the rooms that refused an earlier user. */
  rejoin() {
    this.quotes.forEach((_, name) => this.#client.room(name).join());
  }

  /** Holds all updates back until `resume`. */
  pause() {
    this.#isPaused = true;
    this.#subscriptions.forEach((one) => one.pause());
  }

  resume() {
    this.#isPaused = false;
    this.#subscriptions.forEach((one) => one.resume());
  }

  /** The number of updates that are held back. */
  get held() {
    return [...this.#subscriptions.values()].reduce((sum, one) => sum + one.held, 0);
  }

  /** The number of updates that the server left out, with those that are held back. */
  get skipped() {
    return [...this.#subscriptions.values()].reduce((sum, one) => sum + one.skippedHeld, this.conflated);
  }

  /** How many bytes the contents of all messages had as they arrived, and without deltas: `{sent, complete}`. */
  get deltaBytes() {
    const sum = { sent: 0, complete: 0 };
    for (const name of this.quotes.keys()) {
      const { sent, complete } = this.#client.room(name).deltaBytes;
      sum.sent += sent;
      sum.complete += complete;
    }
    return sum;
  }

  /** The rule for slow consumers of the first room; undefined if there is none. */
  async #slowConsumer() {
    const [room] = this.quotes.keys();
    return room === undefined ? undefined : (await this.#read(roomPath(room))).options?.slowConsumer;
  }

  #add(name) {
    const quote = new Quote(name);
    this.quotes.set(name, quote);
    const subscription = new Subscription(this.#client.room(name, { deltas: true }), quote, {
      received: (count) => (this.received += count),
      changed: () => this.#onQuote(quote),
      skipped: (count) => (this.conflated += count),
    });
    this.#subscriptions.set(quote, subscription);
    if (this.#isPaused) {
      subscription.pause();
    }
    subscription.start();
    this.#filled = this.#filled.then(() => subscription.fill());
  }

  async #read(path) {
    return requestJson(path, { cache: "no-store", node: this.#client.node, headers: await this.#headers() });
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * The subscription to the room of one quote.
 *
 * Updates are held back in their order while earlier ones are being read, and while the feed is paused.
 */
class Subscription {
  #room;
  #quote;
  #actions;
  #isPaused = false;
  /** Whether earlier updates are being read. */
  #isReading = true;
  /** The updates and the number of skipped ones that are held back; `null` if none are. */
  #held = { messages: [], dropped: 0, skipped: 0 };
  /** The position of the last update received. */
  #last = { epoch: "", offset: 0 };
  /** The offset of the oldest price that was read; 0 if nothing can be before it. */
  #oldest = 0;
  #hasBegun;
  /** Fulfils it; `null` afterwards. */
  #begun;
  #filled = null;

  /** `actions` has `received(count)` and `skipped(count)` (updates), and `changed()` (the quote). */
  constructor(room, quote, actions) {
    this.#room = room;
    this.#quote = quote;
    this.#actions = actions;
    this.#hasBegun = new Promise((begun) => (this.#begun = begun));
  }

  start() {
    const room = this.#room;
    room.addEventListener("message", ({ detail }) => this.#received(detail));
    room.addEventListener("gap", ({ detail: { from, to } }) => this.#skipped(to - from + 1));
    room.addEventListener("joined", ({ detail }) => this.#joined(detail));
    room.addEventListener("refused", () => this.#begin([]));
    room.join();
  }

  pause() {
    this.#isPaused = true;
    this.#hold();
  }

  resume() {
    this.#isPaused = false;
    this.#release();
  }

  /** The number of updates that are held back. */
  get held() {
    return this.#held ? this.#held.messages.length + this.#held.dropped : 0;
  }

  get skippedHeld() {
    return this.#held?.skipped ?? 0;
  }

  /** Reads the prices of the last minute, once. Returns a promise that is always fulfilled. */
  fill() {
    this.#filled ??= this.#hasBegun.then(() => this.#readEarlier());
    return this.#filled;
  }

  #hold() {
    this.#held ??= { messages: [], dropped: 0, skipped: 0 };
  }

  #received(message) {
    this.#last = message.position;
    if (!this.#held) {
      this.#update(message);
      return;
    }
    const { messages } = this.#held;
    messages.push(message);
    if (messages.length >= 2 * MAX_PRICES) {
      // Older prices would not be kept anyway.
      this.#held.dropped += messages.splice(0, MAX_PRICES).length;
    }
  }

  #update({ data, time }) {
    if (this.#quote.update(data, time)) {
      this.#actions.received(1);
      this.#actions.changed();
    }
  }

  #skipped(count) {
    if (this.#held) {
      this.#held.skipped += count;
    } else {
      this.#quote.skip(count);
      this.#actions.skipped(count);
    }
  }

  async #joined({ first, recovered }) {
    const { epoch, offset } = this.#room;
    if (first) {
      this.#last = { epoch, offset };
      this.#begin(await earlierOf(this.#room, FIRST_PRICES));
    } else if (!recovered) {
      await this.#continue(epoch, offset);
    }
  }

  /** Takes earlier prices, which do not count as updates, and then the updates held back. */
  #begin(earlier) {
    if (!this.#begun) {
      return;
    }
    const first = this.#held?.messages[0]?.offset ?? Infinity;
    const before = earlier.filter(({ offset }) => offset < first);
    before.forEach(({ data, time }) => this.#quote.update(data, time));
    this.#quote.received = 0;
    this.#oldest = before[0]?.offset ?? 0;
    this.#isReading = false;
    this.#release();
    this.#actions.changed();
    this.#begun();
    this.#begun = null;
  }

  async #readEarlier() {
    const from = (this.#quote.newest ?? 0) - PLOT_SECONDS * 1000;
    for (let i = 0; i < MAX_REQUESTS && this.#oldest > 1 && this.#quote.oldest > from; i++) {
      const earlier = await earlierOf(this.#room, MORE_PRICES, this.#oldest);
      this.#quote.prepend(earlier);
      this.#oldest = earlier[0]?.offset ?? 0;
    }
    this.#actions.changed();
  }

  /** Continues after a loss at the newest price, since the updates until then are not delivered again. */
  async #continue(epoch, offset) {
    const before = this.#last;
    this.#isReading = true;
    this.#hold();
    const count = this.held;
    const newest = await earlierOf(this.#room, 1);
    const taken = this.held === count ? newest : [];
    taken.forEach((message) => this.#received(message));
    if (epoch === before.epoch) {
      this.#skipped(Math.max(0, offset - before.offset - taken.length));
    }
    this.#isReading = false;
    this.#release();
  }

  /** Takes what is held back, unless there is a reason to go on holding. */
  #release() {
    if (this.#isReading || this.#isPaused || !this.#held) {
      return;
    }
    const { messages, dropped, skipped } = this.#held;
    this.#held = null;
    this.#quote.received += dropped;
    this.#actions.received(dropped);
    this.#skipped(skipped);
    messages.forEach((message) => this.#update(message));
  }
}

/** Returns a promise of messages of a room, the newest or those before an offset; none if they cannot be read. */
function earlierOf(room, limit, before = 0) {
  return room.history({ limit, before }).then(({ messages }) => messages, () => []);
}
