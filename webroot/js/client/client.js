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

import { Attempts } from "./attempts.js";
import { Failure } from "./failure.js";
import { Figures } from "./figures.js";
import { Room } from "./room.js";
import { Self } from "./self.js";
import { Token } from "./token.js";
import { Wire, isFinal } from "./connection.js";

export class Client extends EventTarget {
  #address;
  #options;
  #token;
  #self;
  #attempts;
  #rooms = new Map();
  #wire = null;
  #connected = false;
  #state = "closed";
  #figures = new Figures();

  /**
   * Options: `name` (what others call this client where no token says it), `getToken` (a function
   * that gives a token, or a promise of one, or nothing; it is given `{expired}`, whether the server
   * refused the last one for its age), `own` (ids of earlier connections that were this client's,
   * too), `WebSocket` and `random` (for tests).
   *
   * A `getToken` that fails is asked again after a while. A `Failure` that is not temporary closes the
   * client: there is no token, until `connect`.
   */
  constructor(address, options = {}) {
    super();
    this.#address = address;
    this.#options = { WebSocket: globalThis.WebSocket, random: Math.random, ...options };
    this.#token = new Token(options.getToken);
    this.#self = new Self(options.own);
    this.#attempts = new Attempts(this.#options.random);
  }

  get state() {
    return this.#state;
  }

  get isConnected() {
    return this.#connected;
  }

  /** What others know this connection by; empty before there was one. */
  get id() {
    return this.#self.id;
  }

  /** The ids of all connections that were this client's, as far as it remembers. */
  get ownIds() {
    return this.#self.ids;
  }

  /** Whether somebody, as messages and members have them, is this client. */
  isOwn(info) {
    return this.#self.is(info);
  }

  /**
   * What the wire does: `node`, `server`, `roundTripMillis` (`null` before any), `connects`, `recovered`
   * (messages that were missed and given again), `messages`.
   */
  get figures() {
    return { ...this.#figures.values, roundTripMillis: this.#wire?.roundTripMillis ?? null };
  }

  /** A room by its name, the same object each time. Options: `joinLeave`, to be told who comes and goes. */
  room(name, options) {
    let room = this.#rooms.get(name);
    if (!room) {
      room = new Room(this, name, options);
      this.#rooms.set(name, room);
      room.addEventListener("message", ({ detail }) => this.#figures.heard(detail));
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
      this.renew();
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
      this.renew();
    }
  }

  /** Is called otherwise from now on; the connection is made again for that. */
  rename(name) {
    this.#options.name = name;
    if (this.#state === "live" || this.#state === "connecting") {
      this.renew();
    }
  }

  /** Makes the connection again, to show another token; also after it had been closed. */
  renew() {
    this.#drop(0);
    this.#attempts.startOver();
    this.#open();
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
    this.#enter("connecting");
    const started = Symbol();
    this.#wire = { close: () => {}, started };
    const isStill = () => this.#wire?.started === started;
    await this.#token.next().then(
      (token) => isStill() && this.#dial(token),
      (failure) => isStill() && this.#notConnected(failure, failure.temporary ?? true),
    );
  }

  #dial(token) {
    this.#wire = new Wire(this.#addressFor(token), this.#options.WebSocket, {
      opened: () => this.#greet(this.#wire, token),
      pushed: (push) => this.#rooms.get(push.channel)?.pushed(push),
      ended: (code, reason) => this.#ended(code, reason),
    });
  }

  #addressFor(token) {
    const address = new URL(this.#address);
    address.searchParams.set("time", "true");
    if (this.#options.name && !token) {
      address.searchParams.set("name", this.#options.name);
    }
    return address.href;
  }

  #greet(wire, token) {
    wire.ask(
      "connect",
      token ? { token } : {},
      (result) => this.#live(result),
      (failure) => failure.unsure || this.#notConnected(failure, this.#token.refused(failure) || failure.temporary),
    );
  }

  #notConnected({ code, message }, again) {
    this.#drop(0);
    if (again) {
      this.#again(code, message);
    } else {
      this.#enter("closed", { code, reason: message });
    }
  }

  #live(result) {
    this.#self.became(result.client);
    this.#figures.connected(result);
    this.#wire.expectPings(result.ping ?? 0);
    this.#connected = true;
    this.#attempts.succeeded();
    this.#token.renewInTime(result, (token) => this.command("refresh", { token }));
    this.#enter("live");
    this.#rooms.forEach((room) => room.connected());
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
    const wait = this.#attempts.later(() => this.#open());
    this.#enter("waiting", { retryAt: performance.now() + wait, code, reason });
  }

  #drop(code) {
    this.#attempts.stop();
    this.#token.rest();
    this.#wire?.close();
    this.#wire = null;
    if (this.#connected) {
      this.#connected = false;
      this.#rooms.forEach((room) => room.lost(code));
    }
  }

  #enter(state, detail = {}) {
    this.#state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, ...detail } }));
  }
}
