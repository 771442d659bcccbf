/**
 * A client of Stentor for pages: many rooms on one WebSocket, which is made again whenever it is lost,
 * and each room goes on where it was. It speaks the Centrifuge protocol and knows nothing of a page.
 *
 *     const client = new Client("ws://localhost:9898/connection/websocket", { name: "Ann" });
 *     const room = client.room("general");
 *     room.addEventListener("message", ({ detail }) => console.log(detail.offset, detail.data));
 *     room.join();
 *     client.connect();
 *     await room.publish("hello");
 *
 * Events: `state` (`{state, retryAt?, reason?, code?}`).
 *
 * States: `closed` (not started, closed, or the server asked not to come back, see `reason`),
 * `connecting`, `live`, `waiting` (until `retryAt`, a `performance.now()` time).
 */

import { backoffMillis } from "./backoff.js";
import { Failure } from "./failure.js";
import { Room } from "./room.js";
import { Wire } from "./wire.js";

/** A connection that held this long starts the next series of attempts from the beginning. */
const STABLE_MILLIS = 5_000;

/** A new token is shown when this part of the old one's time is over. */
const REFRESH_AT = 0.8;

/** The server's number for a token that has expired: a new one will do. */
const TOKEN_EXPIRED = 109;

/** So many connections are known to have been this client's. */
const OWN_KEPT = 50;

/** Whether a close code means: do not come back. */
export function isFinal(code) {
  return (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000);
}

export class Client extends EventTarget {
  #address;
  #options;
  #rooms = new Map();
  #wire = null;
  #connected = false;
  #state = "closed";
  #id = "";
  #own = new Set();
  #attempt = 0;
  #timer = 0;
  #stableTimer = 0;
  #refreshTimer = 0;
  #figures = { node: "", server: "", connects: 0, recovered: 0, messages: 0 };

  /**
   * Options: `name` (what others call this client where no token says it), `getToken` (a function
   * that gives a token, or a promise of one), `own` (ids of earlier connections that were this
   * client's, too), `WebSocket` and `random` (for tests).
   */
  constructor(address, options = {}) {
    super();
    this.#address = address;
    this.#options = { WebSocket: globalThis.WebSocket, random: Math.random, ...options };
    this.#own = new Set(options.own);
  }

  get state() {
    return this.#state;
  }

  get isConnected() {
    return this.#connected;
  }

  /** What others know this connection by; empty before there was one. */
  get id() {
    return this.#id;
  }

  /** The ids of all connections that were this client's, as far as it remembers. */
  get ownIds() {
    return [...this.#own];
  }

  /** Whether somebody, as messages and members have them, is this client. */
  isOwn(info) {
    return this.#own.has(info?.client);
  }

  /**
   * What the wire does: `node`, `server`, `roundTripMillis` (`null` before any), `connects`, `recovered`
   * (messages that were missed and given again), `messages`.
   */
  get figures() {
    return { ...this.#figures, roundTripMillis: this.#wire?.roundTripMillis ?? null };
  }

  /** A room by its name, the same object each time. Options: `joinLeave`, to be told who comes and goes. */
  room(name, options) {
    let room = this.#rooms.get(name);
    if (!room) {
      room = new Room(this, name, options);
      this.#rooms.set(name, room);
      room.addEventListener("message", ({ detail }) => this.#count(detail));
    }
    return room;
  }

  /** Leaves a room for good: the next `room` of this name is another one. */
  forget(name) {
    this.#rooms.get(name)?.leave();
    this.#rooms.delete(name);
  }

  /** Starts; also after the server had asked not to come back. */
  connect() {
    if (this.#state === "closed") {
      this.#attempt = 0;
      this.#open();
    }
  }

  /** Ends for good, until `connect`. */
  close() {
    this.#drop(0);
    this.#enter("closed");
  }

  /** Cuts the waiting short. Without effect unless waiting. */
  retryNow() {
    if (this.#state === "waiting") {
      this.#attempt = 0;
      this.#open();
    }
  }

  /** Is called otherwise from now on; the connection is made again for that. */
  rename(name) {
    this.#options.name = name;
    if (this.#state === "live" || this.#state === "connecting") {
      this.#drop(0);
      this.#open();
    }
  }

  /**
   * Asks the server; see the protocol for names and results. Fulfilled with a result, rejected with a
   * `Failure`.
   */
  command(name, request) {
    return new Promise((done, failed) => this.ask(name, request, done, failed));
  }

  /** The same with functions that are called as soon as the answer is read. */
  ask(name, request, done, failed) {
    if (this.#connected) {
      this.#wire.ask(name, request, done, failed);
    } else {
      failed(Failure.lost());
    }
  }

  async #open() {
    clearTimeout(this.#timer);
    this.#enter("connecting");
    const started = Symbol();
    this.#wire = { close: () => {}, started };
    let token = "";
    try {
      token = (await this.#options.getToken?.()) ?? "";
    } catch (failure) {
      if (this.#wire?.started === started) {
        this.#again(0, `no token: ${failure.message}`);
      }
      return;
    }
    if (this.#wire?.started === started) {
      this.#dial(token);
    }
  }

  #dial(token) {
    this.#wire = new Wire(this.#addressNow(), this.#options.WebSocket, {
      opened: () => this.#greet(this.#wire, token),
      pushed: (push) => this.#rooms.get(push.channel)?.pushed(push),
      ended: (code, reason) => this.#ended(code, reason),
    });
  }

  #addressNow() {
    const address = new URL(this.#address);
    address.searchParams.set("time", "true");
    if (this.#options.name) {
      address.searchParams.set("name", this.#options.name);
    }
    return address.href;
  }

  #greet(wire, token) {
    wire.ask(
      "connect",
      token ? { token } : {},
      (result) => this.#live(result),
      (failure) => failure.unsure || this.#notConnected(failure),
    );
  }

  #notConnected(failure) {
    this.#drop(0);
    if (failure.temporary || failure.code === TOKEN_EXPIRED) {
      this.#again(failure.code, failure.message);
    } else {
      this.#enter("closed", { code: failure.code, reason: failure.message });
    }
  }

  #live({ client, node = "", version = "", ping = 0, expires = false, ttl = 0 }) {
    this.#id = client;
    this.#own.add(client);
    while (this.#own.size > OWN_KEPT) {
      this.#own.delete(this.#own.values().next().value);
    }
    this.#figures.node = node;
    this.#figures.server = version;
    this.#figures.connects++;
    this.#wire.expectPings(ping);
    this.#connected = true;
    this.#stableTimer = setTimeout(() => (this.#attempt = 0), STABLE_MILLIS);
    if (expires) {
      this.#refreshTimer = setTimeout(() => this.#refresh(), ttl * 1000 * REFRESH_AT);
    }
    this.#enter("live");
    this.#rooms.forEach((room) => room.connected());
  }

  async #refresh() {
    const wire = this.#wire;
    try {
      const token = await this.#options.getToken();
      const { expires = false, ttl = 0 } = await this.command("refresh", { token });
      if (expires && wire === this.#wire) {
        this.#refreshTimer = setTimeout(() => this.#refresh(), ttl * 1000 * REFRESH_AT);
      }
    } catch {
      // The server closes the connection when the token's time is over, and it is made again.
    }
  }

  #ended(code, reason) {
    this.#drop(code);
    if (isFinal(code)) {
      this.#enter("closed", { code, reason: reason || String(code) });
    } else {
      this.#again(code, reason);
    }
  }

  #again(code, reason) {
    const wait = backoffMillis(this.#attempt++, this.#options.random);
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#enter("waiting", { retryAt: performance.now() + wait, code, reason });
  }

  #drop(code) {
    clearTimeout(this.#timer);
    clearTimeout(this.#stableTimer);
    clearTimeout(this.#refreshTimer);
    this.#wire?.close();
    this.#wire = null;
    if (this.#connected) {
      this.#connected = false;
      this.#rooms.forEach((room) => room.lost(code));
    }
  }

  #count({ missed }) {
    this.#figures.messages++;
    this.#figures.recovered += missed ? 1 : 0;
  }

  #enter(state, detail = {}) {
    this.#state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, ...detail } }));
  }
}
