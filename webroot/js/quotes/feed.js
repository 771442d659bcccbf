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
    let last = { epoch: "", offset: 0 };
    const take = ({ data, position }) => {
      last = position;
      if (quote.take(data, Date.now())) {
        this.heard++;
        this.#onQuote(quote);
      }
    };
    // What was said before stands before what is heard meanwhile.
    room.addEventListener("message", ({ detail }) => (early ? early.push(detail) : take(detail)));
    const leaveOut = (count) => {
      quote.gap(count);
      this.conflated += count;
    };
    room.addEventListener("gap", ({ detail: { from, to } }) => leaveOut(to - from + 1));
    const begin = (messages) => {
      const first = early[0]?.offset ?? Infinity;
      messages.filter(({ offset }) => offset < first).forEach(({ data }) => quote.take(data, Date.now()));
      quote.heard = 0;
      early.splice(0).forEach(take);
      early = null;
      this.#onQuote(quote);
    };
    // What was missed is not given again, so the newest price is asked for.
    const goOn = async ({ epoch, offset }) => {
      early = [];
      const [newest] = await newestOf(room, 1);
      const taken = newest && early.length === 0 ? [newest] : early;
      if (epoch === last.epoch) {
        leaveOut(Math.max(0, offset - last.offset - (taken === early ? 0 : 1)));
      }
      early = null;
      taken.forEach(take);
    };
    room.addEventListener("joined", async ({ detail }) => {
      const { epoch, offset } = room;
      if (detail.first) {
        last = { epoch, offset };
        begin(await newestOf(room, OLD_PRICES));
      } else if (!detail.recovered) {
        goOn({ epoch, offset });
      }
    });
    room.addEventListener("refused", () => early && begin([]));
    room.join();
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The newest messages of a room, none where they cannot be read. */
function newestOf(room, limit) {
  return room.history({ limit }).then(({ messages }) => messages, () => []);
}

async function read(path) {
  const response = await fetch(path, { cache: "no-store" });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.detail ?? answer.title);
  }
  return answer;
}
