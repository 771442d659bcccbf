/**
 * The quotes of a server: finds the rooms whose names begin with `quotes:` and hears them all on one connection.
 *
 * Events: `symbols` (there are new ones), `rooms` (`{more, slowConsumer}` or `{problem}`: the list was read, or could
 * not be).
 */

import { PREFIX, Quote } from "./quote.js";

/** A connection has at most 128 rooms. */
export const MOST_ROOMS = 120;

/** Prices of each room that are asked for at the beginning, for its line. */
const OLD_PRICES = 60;

const LOOK_MILLIS = 15_000;
const LOOK_SOON_MILLIS = 3000;

export class Feed extends EventTarget {
  quotes = new Map();
  /** All updates, those that were left out, and messages that were no quotes. */
  heard = 0;
  conflated = 0;
  #client;
  #onQuote;

  /** `onQuote(quote)` is called for each update. */
  constructor(client, onQuote) {
    super();
    this.#client = client;
    this.#onQuote = onQuote;
  }

  /** Looks for rooms now and every few seconds. */
  async look() {
    try {
      const { rooms, next } = await read(`./rooms?prefix=${PREFIX}&limit=${MOST_ROOMS}`);
      const added = rooms.filter(({ room }) => !this.quotes.has(room) && this.quotes.size < MOST_ROOMS);
      added.forEach(({ room }) => this.#add(room));
      if (added.length > 0) {
        this.#tell("symbols");
      }
      await this.#settings(next !== undefined);
    } catch (problem) {
      this.#tell("rooms", { problem });
    }
    setTimeout(() => this.look(), this.quotes.size > 0 ? LOOK_MILLIS : LOOK_SOON_MILLIS);
  }

  async #settings(more) {
    const [room] = this.quotes.keys();
    if (room === undefined) {
      this.#tell("rooms", { more });
      return;
    }
    const { options } = await read(`./rooms/${encodeURIComponent(room)}`);
    this.#tell("rooms", { more, slowConsumer: options.slowConsumer });
  }

  #add(name) {
    const quote = new Quote(name);
    this.quotes.set(name, quote);
    const room = this.#client.room(name);
    let early = [];
    const take = ({ data }) => {
      if (quote.take(data, Date.now())) {
        this.heard++;
        this.#onQuote(quote);
      }
    };
    // What was said before stands before what is heard meanwhile.
    room.addEventListener("message", ({ detail }) => (early ? early.push(detail) : take(detail)));
    room.addEventListener("gap", ({ detail: { from, to } }) => {
      quote.gap(to - from + 1);
      this.conflated += to - from + 1;
    });
    const begin = (messages) => {
      const first = early[0]?.offset ?? Infinity;
      messages.filter(({ offset }) => offset < first).forEach(({ data }) => quote.take(data, Date.now()));
      quote.heard = 0;
      early.splice(0).forEach(take);
      early = null;
      this.#onQuote(quote);
    };
    room.addEventListener("joined", async ({ detail }) => {
      if (detail.first) {
        begin(await room.history({ limit: OLD_PRICES }).then(({ messages }) => messages, () => []));
      }
    });
    room.addEventListener("refused", () => early && begin([]));
    room.join();
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

async function read(path) {
  const response = await fetch(path, { cache: "no-store" });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.detail ?? answer.title);
  }
  return answer;
}
