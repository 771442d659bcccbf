/**
 * A client of Stentor for pages: many rooms on one WebSocket. It reconnects by itself, and each room continues where it
 * was. It speaks the Centrifuge protocol and does not touch the page.
 *
 *     const client = new Client("ws://localhost:9898/connection/websocket", { name: "Ann" });
 *     const room = client.room("general");
 *     room.addEventListener("message", ({ detail }) => console.log(detail.offset, detail.data));
 *     room.join();
 *     client.connect();
 *     await room.publish("hello");
 *
 * Given `nodes`, it moves to another node if its own does not answer.
 *
 * Events: `state` (`{state, retryAt?, reason?, code?, duringConnect?}`), and `resumed` (`{complete?, recovered}`) when
 * all rooms are joined again after a connection was lost: whether nothing is missing in any of them, which is not known
 * if this is the first connection, and how many messages of others came meanwhile.
 *
 * States: `closed` (not started, closed, or the server asked not to reconnect, see `code` and `reason`),
 * `connecting`, `live`, `waiting` (until `retryAt`, a `performance.now()` time). `duringConnect` is true if the server
 * ended the connection, or did not answer, before it was live.
 */

import { ReconnectTimer } from "./backoff.js";
import { Connection, NO_CLOSE_FRAME, SHUTDOWN, isPermanent } from "./connection.js";
import { Failure } from "./failure.js";
import { Nodes } from "./nodes.js";
import { Room } from "./room.js";
import { Token } from "./token.js";

/** How many ids of earlier connections are kept. */
const MAX_OWN_IDS = 50;

/** Where the other nodes have what this client speaks. */
const PATH = "/connection/websocket";

export class Client extends EventTarget {
  #address;
  #options;
  #nodes;
  #token;
  #reconnect;
  #rooms = new Map();
  #connection = null;
  #connected = false;
  #state = "closed";
  #ownIds;
  /** The rooms that are not joined again since the loss, and what `resumed` will tell; `null` if none was lost. */
  #resuming = null;
  #statistics = { node: "", server: "", connects: 0, recovered: 0, messages: 0, invalid: 0 };

  /** The id of the present connection, which others see; empty before the first. */
  id = "";

  /**
   * Creates a client, which does not connect yet.
   *
   * Options: `name` (the name that others see if no token gives one), `getToken` (returns a token, a promise of one, or
   * nothing; its argument `{expired, node}` tells whether the server refused the last one as expired, and which node it
   * is for), `own` (ids of earlier connections of this client), `nodes` (the `Nodes` to use; without it the one at
   * `address`), `WebSocket` and `random` (for tests).
   *
   * If `getToken` fails, it is called again after a while. If it fails with a `Failure` that is not temporary, the
   * client is closed.
   */
  constructor(address, options = {}) {
    super();
    this.#address = address;
    this.#options = { random: Math.random, ...options };
    this.#nodes =
      options.nodes ?? new Nodes({ url: address, WebSocket: options.WebSocket ?? globalThis.WebSocket });
    this.#token = new Token(options.getToken);
    this.#ownIds = new Set(options.own);
    this.#reconnect = new ReconnectTimer(this.#nodes, this.#options.random);
  }

  get state() {
    return this.#state;
  }

  get isConnected() {
    return this.#connected;
  }

  /** The node in use, or the one that is tried next, `{url, WebSocket, fetch}`. */
  get node() {
    return this.#nodes.current;
  }

  /** Whether that is another one than at first. */
  get isMoved() {
    return !this.#nodes.isHome;
  }

  /** The ids of the connections of this client, the newest last. */
  get ownIds() {
    return [...this.#ownIds];
  }

  /** Returns whether a sender or member, `{user, client}`, is this client. */
  isOwn(info) {
    return this.#ownIds.has(info?.client);
  }

  /**
   * Statistics: `node`, `server`, `roundTripMillis` (`null` if not known), `connects`, `messages`, `recovered`
   * (messages that were missed and delivered later), `invalid` (what the server sent and was not understood).
   */
  get figures() {
    return { ...this.#statistics, roundTripMillis: this.#connection?.roundTripMillis ?? null };
  }

  /**
   * Returns the room of this name, the same object each time. Options: `joinLeave`, to be told who joins and leaves;
   * `since`, a position, `{epoch, offset}`, to receive what followed it; `deltas`, to receive only what distinguishes a
   * message from the one before it, where the server allows that.
   */
  room(name, options) {
    let room = this.#rooms.get(name);
    if (!room) {
      room = new Room(this, name, options);
      this.#rooms.set(name, room);
      room.addEventListener("message", ({ detail }) => {
        this.#statistics.messages++;
        this.#statistics.recovered += detail.missed ? 1 : 0;
        if (this.#resuming && detail.missed && !detail.own) {
          this.#resuming.recovered++;
        }
      });
      room.addEventListener("joined", ({ detail }) => this.#resumed(room, detail.recovered));
      room.addEventListener("refused", () => this.#resumed(room, true));
    }
    return room;
  }

  /** Leaves a room and forgets it: the next `room` of this name is a new object. */
  forget(name) {
    const room = this.#rooms.get(name);
    room?.leave();
    this.#rooms.delete(name);
    this.#resumed(room, true);
  }

  /** Connects, also after the server asked not to reconnect. No-op unless closed. */
  connect() {
    if (this.#state === "closed") {
      this.reconnect();
    }
  }

  /** Closes the client until `connect` is called. */
  close() {
    this.#drop(0);
    this.#enter("closed");
  }

  /** Reconnects without waiting any longer. No-op unless waiting. */
  retryNow() {
    if (this.#state === "waiting") {
      this.reconnect();
    }
  }

  /** Changes the name that others see, by connecting again. */
  rename(name) {
    this.#options.name = name;
    if (this.#state === "live" || this.#state === "connecting") {
      this.reconnect();
    }
  }

  /** Connects again, with another token for example; also if closed. */
  reconnect() {
    this.#drop(0);
    this.#reconnect.reset();
    this.#open();
  }

  /** Sends a command of the Centrifuge protocol. Returns a promise of its result, rejected with a `Failure`. */
  command(name, request) {
    return new Promise((done, failed) => this.send(name, request, done, failed));
  }

  /** Sends a command, and calls `done(result)` or `failed(failure)` as soon as the reply is read. */
  send(name, request, done, failed) {
    if (this.#connected) {
      this.#connection.send(name, request, done, failed);
    } else {
      failed(Failure.lost());
    }
  }

  /** Called by rooms for a push that is not understood. */
  countInvalid() {
    this.#statistics.invalid++;
  }

  async #open() {
    this.#enter("connecting");
    const placeholder = { close: () => {} };
    this.#connection = placeholder;
    const isCurrent = () => this.#connection === placeholder;
    await this.#token.next(this.node).then(
      (token) => isCurrent() && this.#dial(token),
      (failure) => isCurrent() && this.#notConnected(failure, failure.temporary ?? true),
    );
  }

  #dial(token) {
    const listener = {
      opened: () => this.#sendConnect(this.#connection, token),
      pushed: (push) => this.#pushed(push),
      invalid: () => this.countInvalid(),
      ended: (code, reason) => this.#ended(code, reason),
    };
    const { patienceMillis } = this.#reconnect;
    this.#connection = new Connection(this.#addressFor(token), this.node.WebSocket, listener, patienceMillis);
  }

  /** Pushes for rooms that are not known any more, and pushes of the connection itself, are ignored. */
  #pushed(push) {
    this.#rooms.get(push.channel)?.pushed(push);
  }

  #addressFor(token) {
    const address = new URL(this.isMoved ? PATH : this.#address, this.node.url);
    address.protocol = address.protocol.replace("http", "ws");
    address.searchParams.set("time", "true");
    if (this.#options.name && !token) {
      address.searchParams.set("name", this.#options.name);
    }
    return address.href;
  }

  #sendConnect(connection, token) {
    connection.send(
      "connect",
      token ? { token } : {},
      (result) => this.#live(result),
      (failure) => failure.unsure || this.#notConnected(failure, this.#token.refused(failure) || failure.temporary),
    );
  }

  #notConnected({ code, message, temporary }, retry) {
    this.#drop(0);
    if (retry) {
      this.#retryLater(code, message, { duringConnect: true, elsewhere: temporary ?? true });
    } else {
      this.#enter("closed", { code, reason: message });
    }
  }

  #live(result) {
    const { client = "", node = "", version = "", ping = 0 } = result;
    this.#rememberId(client);
    Object.assign(this.#statistics, { node, server: version, connects: this.#statistics.connects + 1 });
    this.#connection.expectPings(ping);
    this.#connected = true;
    this.#reconnect.connected();
    this.#token.scheduleRenewal(result, (token) => this.command("refresh", { token }));
    this.#enter("live");
    this.#rooms.forEach((room) => room.connected());
    this.#resumed(null, true);
  }

  /** The messages that a room missed are read right after it is joined, in the same task. */
  #resumed(room, complete) {
    if (this.#resuming) {
      const waited = this.#resuming.rooms.delete(room);
      this.#resuming.complete &&= complete || !waited;
      queueMicrotask(() => this.#connected && this.#tellResumed());
    }
  }

  #tellResumed() {
    if (this.#resuming?.rooms.size === 0) {
      const { complete, recovered } = this.#resuming;
      this.#resuming = null;
      this.dispatchEvent(new CustomEvent("resumed", { detail: { complete, recovered } }));
    }
  }

  #rememberId(id) {
    this.id = id;
    if (id) {
      this.#ownIds.add(id);
    }
    while (this.#ownIds.size > MAX_OWN_IDS) {
      this.#ownIds.delete(this.#ownIds.values().next().value);
    }
  }

  #ended(code, reason) {
    const duringConnect = !this.#connected;
    const hasLeft = code === SHUTDOWN && this.#nodes.next();
    this.#drop(code);
    if (isPermanent(code)) {
      this.#enter("closed", { code, reason: reason || String(code), duringConnect });
    } else {
      this.#retryLater(code, reason, { duringConnect, elsewhere: duringConnect && !hasLeft });
    }
  }

  #retryLater(code, reason, { duringConnect, elsewhere }) {
    this.#resuming ??= { rooms: new Set(), recovered: 0 };
    const isBroken = code === NO_CLOSE_FRAME && !duringConnect;
    const wait = this.#reconnect.schedule(() => this.#open(), { isBroken, elsewhere });
    this.#enter("waiting", { retryAt: performance.now() + wait, code, reason, duringConnect });
  }

  #drop(code) {
    this.#reconnect.stop();
    this.#token.stop();
    this.#connection?.close();
    this.#connection = null;
    if (this.#connected) {
      this.#connected = false;
      this.#resuming ??= { rooms: new Set(), complete: true, recovered: 0 };
      this.#rooms.forEach((room) => room.state === "joined" && this.#resuming.rooms.add(room));
      this.#rooms.forEach((room) => room.lost(code));
    }
  }

  #enter(state, detail = {}) {
    this.#state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, ...detail } }));
  }
}
