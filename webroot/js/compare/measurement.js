/**
 * Publishes into a room and receives its messages by four transports, all at one node. If that does not answer any
 * more, all of them go on at another one, each from its position.
 *
 * Events: `state` (`{state, retryAt?, code?, refusal?, duringConnect?}` as of a `Client`: `connecting`, `waiting`,
 * `paused`, `closed`), `socket` (the state of the WebSocket while the measurement runs), `started` (from zero),
 * `resumed` (it goes on after it waited), `failed` (it does not try again: the error, `null` if the room has no log),
 * `sent` (`{number, now}`: a message is due), `answered` (`{error, numbers}`: these messages are published, or not
 * because of an `HttpError`), `received` (`{name, text}`: by the transport of this name).
 */

import { ReconnectTimer } from "../client/backoff.js";
import { NO_CLOSE_FRAME } from "../client/connection.js";
import { requestJson } from "../common/http.js";
import { Publisher } from "./publisher.js";
import { LongPolling, ServerSentEvents, ShortPolling, WebSocketTransport } from "./transports.js";

/** How long the only node has to answer. */
const PATIENCE_MILLIS = 10_000;

/** The answer of a node that stops. */
const DRAINING = "urn:stentor:problem:draining";

/** Returns whether an `HttpError` means that the node does not serve any more. */
export function isGone({ status, type }) {
  return status === 0 || type === DRAINING;
}

export class Measurement extends EventTarget {
  /** The transports by name. */
  transports;
  #nodes;
  #tokens;
  #publisher;
  #reconnect;
  #perSecond = 1;
  /** `stopped`, `connecting`, `running` or `waiting`. */
  #phase = "stopped";
  /** Whether the transports have positions to continue from. */
  #hasBegun = false;
  #hasWaited = false;
  /** How often it has connected or ended, so that an answer to an earlier request is known as such. */
  #changes = 0;

  /** Creates a measurement in a room, with the tokens of a `TokenStore`, at these `Nodes`. It is not started yet. */
  constructor(room, tokens, nodes) {
    super();
    this.#nodes = nodes;
    this.#tokens = tokens;
    this.#reconnect = new ReconnectTimer(nodes);
    this.transports = {
      short: new ShortPolling(room, nodes),
      long: new LongPolling(room, nodes),
      stream: new ServerSentEvents(room, nodes),
      socket: new WebSocketTransport(room, nodes),
    };
    this.#publisher = new Publisher(room, nodes, {
      sent: (number, now) => this.#dispatch("sent", { number, now }),
      answered: (error, numbers) => this.#answered(error, numbers),
    });
    for (const [name, one] of Object.entries(this.transports)) {
      one.addEventListener("message", ({ detail }) => this.#dispatch("received", { name, text: detail }));
    }
    this.transports.socket.addEventListener("connection", ({ detail }) => this.#socketChanged(detail));
  }

  /** The node in use, or the one that is tried next. */
  get node() {
    return this.#nodes.current;
  }

  get isRunning() {
    return this.#phase === "running";
  }

  /** Publishes this many messages a second from now on. */
  setRate(perSecond) {
    this.#perSecond = perSecond;
    if (this.isRunning) {
      this.#publisher.start(perSecond);
    }
  }

  /** Starts, or starts again if it failed. No-op unless it has ended. */
  start() {
    if (this.#phase === "stopped") {
      this.#hasBegun = false;
      this.#connect();
    }
  }

  stop() {
    this.#end("stopped");
    this.#dispatch("state", { state: "paused" });
  }

  /** Tries again without waiting any longer. No-op unless waiting. */
  retryNow() {
    if (this.#phase === "waiting") {
      this.#reconnect.reset();
      this.#connect();
    }
  }

  async #connect() {
    this.#end("connecting");
    const change = this.#changes;
    this.#dispatch("state", { state: "connecting" });
    try {
      const token = await this.#tokens.token({ node: this.node });
      this.#publisher.token = token;
      Object.values(this.transports).forEach((one) => (one.token = token));
      const position = await (this.#hasBegun ? this.#askNode() : this.#publisher.publishFirst(this.#signal()));
      if (change === this.#changes) {
        this.#run(position);
      }
    } catch (error) {
      if (change === this.#changes) {
        this.#notConnected(error);
      }
    }
  }

  /** `position` is that of the first message, `null` if the room has no log. */
  #run(position) {
    if (position === null) {
      this.#fail(null);
      return;
    }
    this.#reconnect.connected();
    this.#phase = "running";
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      Object.values(this.transports).forEach((one) => (one.position = position));
      this.#dispatch("started");
    }
    Object.values(this.transports).forEach((one) => one.start());
    this.#publisher.start(this.#perSecond);
    if (this.#hasWaited) {
      this.#hasWaited = false;
      this.#dispatch("resumed", {});
    }
  }

  #notConnected(error) {
    const { status = error.code, isTemporary = error.temporary } = error;
    if (!isTemporary) {
      this.#fail(error);
      return;
    }
    const refusal = status === 0 ? undefined : error.message;
    this.#retryLater({ elsewhere: true }, { duringConnect: true, refusal });
  }

  #answered(error, numbers) {
    if (error && isGone(error)) {
      this.#lost();
    }
    this.#dispatch("answered", { error, numbers });
  }

  /** A WebSocket that ends may be the first sign of a node that is gone. */
  #socketChanged(detail) {
    if (this.isRunning) {
      this.#dispatch("socket", detail);
      if (detail.state === "waiting") {
        const change = this.#changes;
        this.#askNode().catch((error) => isGone(error) && change === this.#changes && this.#lost());
      }
    }
  }

  #lost() {
    if (this.isRunning) {
      this.#end("stopped");
      this.#retryLater({ isBroken: true }, { duringConnect: false });
    }
  }

  #retryLater(how, detail) {
    const wait = this.#reconnect.schedule(() => this.#connect(), how);
    this.#phase = "waiting";
    this.#hasWaited = true;
    const retryAt = performance.now() + wait;
    this.#dispatch("state", { state: "waiting", retryAt, code: NO_CLOSE_FRAME, ...detail });
  }

  #fail(error) {
    this.#end("stopped");
    this.#dispatch("state", { state: "closed" });
    this.#dispatch("failed", error);
  }

  /** Ends what goes on. The transports keep their positions. */
  #end(phase) {
    this.#changes++;
    this.#phase = phase;
    this.#reconnect.stop();
    this.#publisher.stop();
    Object.values(this.transports).forEach((one) => one.isRunning && one.stop());
  }

  /** Returns a promise that is fulfilled if the node answers. */
  #askNode() {
    return requestJson("./nodes", { node: this.node, cache: "no-store", signal: this.#signal() });
  }

  #signal() {
    return AbortSignal.timeout(this.#reconnect.patienceMillis ?? PATIENCE_MILLIS);
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
