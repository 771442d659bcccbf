/**
 * One room of a client: what is said in it, by whom, and what this client says.
 *
 * Events:
 * - `joined` (`{recovered, first}`): in the room. `recovered` is false where messages were missed
 *   since the last time; `first` says that there was no last time.
 * - `message` (`{data, position, offset, time, info, own, key, missed}`): `time` is in milliseconds
 *   since 1970, `info` says who (`user`, `client`), `own` whether it was this client, `key` the key of
 *   `publish`, `missed` that it was said while the client was away.
 * - `gap` (`{from, to}`): these offsets were left out, because the room is set so for slow clients.
 * - `join`, `leave` (`{user, client}`): who comes and goes, if asked for.
 * - `refused` (a `Failure`): the server does not let the client in, or has put it out.
 *
 * `state`: `out`, `joining`, `joined` or `refused`.
 */

import { backoffMillis } from "./backoff.js";
import { Failure } from "./failure.js";
import { newKey } from "./key.js";
import { Outbox } from "./outbox.js";
import { Place } from "./place.js";

/** The server has ended a subscription: below this, for good. */
const SUBSCRIBE_AGAIN_FROM = 2500;

export class Room extends EventTarget {
  #client;
  #joinLeave;
  #state = "out";
  #outbox;
  #place = new Place();
  #been = false;
  #turn = 0;
  #attempts = 0;
  #timer = 0;

  /** A room of a client, which calls the methods that are marked so. */
  constructor(client, name, { joinLeave = false } = {}) {
    super();
    this.name = name;
    this.#client = client;
    this.#joinLeave = joinLeave;
    this.#outbox = new Outbox((request, done, failed) => {
      client.ask("publish", { channel: name, ...request }, done, failed);
    });
  }

  get state() {
    return this.#state;
  }

  /** Where the client is in the log, `epoch:offset`; empty before it was there, or without a log. */
  get position() {
    return this.#place.toString();
  }

  /** The last offset that was heard; 0 before any. */
  get offset() {
    return this.#place.offset;
  }

  get epoch() {
    return this.#place.epoch;
  }

  /** How many messages of this client are not in the log yet. */
  get unacknowledged() {
    return this.#outbox.size;
  }

  /** Goes in, and comes back after each loss, to where it was. */
  join() {
    if (this.#state === "out" || this.#state === "refused") {
      this.#state = "joining";
      this.#attempts = 0;
      this.#subscribe();
    }
  }

  /** Goes out. What is not published yet is refused. */
  leave() {
    if (this.#state !== "out") {
      const was = this.#state;
      this.#state = "out";
      clearTimeout(this.#timer);
      this.#outbox.clear(new Failure(0, "the room was left", { unsure: true }));
      if (was !== "refused") {
        this.#client.command("unsubscribe", { channel: this.name }).catch(() => {});
      }
    }
  }

  /**
   * Says something: any JSON. Fulfilled with the position (`{epoch, offset}`) when it is in the log and
   * on a second node, rejected with a `Failure` where that cannot be. While the connection is lost, it
   * waits. The same `key` for the same message lets it appear once, however often it is asked for.
   */
  publish(data, key = newKey()) {
    if (this.#state === "out" || this.#state === "refused") {
      return Promise.reject(new Failure(0, `not in the room ${this.name}`));
    }
    return this.#outbox.add(data, key);
  }

  /**
   * Messages that were said before an offset, oldest first; the newest where none is given. Fulfilled
   * with `{messages, epoch, more}`, where `more` says whether there may be older ones.
   */
  async history({ before = 0, limit = 50 } = {}) {
    const request = { channel: this.name, limit, reverse: true };
    if (before > 0) {
      request.since = { epoch: this.epoch, offset: before };
    }
    const { publications = [], epoch } = await this.#client.command("history", request);
    const messages = publications.map((one) => this.#message(one, epoch)).reverse();
    return { messages, epoch, more: messages.length > 0 && messages[0].offset > 1 };
  }

  /** Who is in the room: fulfilled with a list of `{user, client}`. */
  async members() {
    const { presence = {} } = await this.#client.command("presence", { channel: this.name });
    return Object.values(presence);
  }

  /** How many are in the room: fulfilled with `{connections, users}`. */
  async counts() {
    const counts = await this.#client.command("presence_stats", { channel: this.name });
    return { connections: counts.num_clients, users: counts.num_users };
  }

  /** Called by the client: it is connected again. */
  connected() {
    if (this.#state === "joining") {
      this.#subscribe();
    }
  }

  /** Called by the client: the connection was lost. */
  lost(code) {
    clearTimeout(this.#timer);
    this.#outbox.shut(code);
    if (this.#state === "joined") {
      this.#state = "joining";
    }
  }

  /** Called by the client: something came for this room. */
  pushed({ pub, join, leave, unsubscribe }) {
    if (this.#state !== "joined") {
      return;
    }
    if (pub) {
      this.#heard(pub, false);
    } else if (join) {
      this.#tell("join", join.info);
    } else if (leave) {
      this.#tell("leave", leave.info);
    } else if (unsubscribe) {
      this.#putOut(unsubscribe);
    }
  }

  #subscribe() {
    if (!this.#client.isConnected) {
      return;
    }
    const request = { channel: this.name, join_leave: this.#joinLeave, ...this.#place.asRequest };
    const turn = ++this.#turn;
    this.#client.ask(
      "subscribe",
      request,
      (result) => turn === this.#turn && this.#subscribed(result),
      (failure) => turn === this.#turn && this.#refused(failure),
    );
  }

  #subscribed(result) {
    const { recoverable = false, recovered = false, publications = [] } = result;
    if (this.#state !== "joining") {
      return;
    }
    const first = !this.#been;
    const whole = recoverable && (first || recovered);
    this.#state = "joined";
    this.#attempts = 0;
    this.#place.entered(result);
    this.#been = true;
    this.#tell("joined", { recovered: whole, first });
    for (const publication of publications) {
      this.#heard(publication, true);
    }
    // Who was away may have published something that is among what it missed.
    this.#outbox.open(this.#client.id, whole);
  }

  #refused(failure) {
    if (this.#state !== "joining" || failure.unsure) {
      return; // A lost connection is made again, and then this is asked again.
    }
    if (failure.temporary) {
      this.#timer = setTimeout(() => this.#subscribe(), backoffMillis(this.#attempts++));
    } else {
      this.#stayOut(failure);
    }
  }

  #putOut({ code, reason }) {
    this.#outbox.shut(0);
    if (code < SUBSCRIBE_AGAIN_FROM) {
      this.#stayOut(new Failure(code, reason));
      return;
    }
    this.#state = "joining";
    this.#timer = setTimeout(() => this.#subscribe(), backoffMillis(this.#attempts++));
  }

  #stayOut(failure) {
    this.#state = "refused";
    this.#outbox.clear(failure);
    this.#tell("refused", failure);
  }

  #heard(publication, missed) {
    const { offset = 0 } = publication;
    const skipped = this.#place.stepTo(offset);
    if (skipped < 0) {
      return;
    }
    if (skipped > 0) {
      this.#tell("gap", { from: offset - skipped, to: offset - 1 });
    }
    const message = this.#message(publication, this.epoch);
    const key = this.#outbox.heard(message);
    this.#tell("message", { ...message, key, missed });
  }

  #message({ data, offset = 0, time, info }, epoch) {
    const own = this.#client.isOwn(info);
    return { data, offset, position: { epoch, offset }, time: time ?? Date.now(), info, own };
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
