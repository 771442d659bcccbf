/**
 * One room of a client: receives its messages, publishes, and asks who is in it.
 *
 * Events:
 * - `joined` (`{recovered, first}`): the client is in the room. `recovered` is false if messages were missed since the
 *   last time; `first` is true if there was no last time.
 * - `message` (`{data, binary, position, offset, time, info, own, key, missed}`): `binary` is true if `data` is Base64 of
 *   a binary message, `time` is in milliseconds since 1970, `info` is the sender (`user`, `client`), `own` is true if
 *   that is this client, `key` is the key given to `publish`, `missed` is true if the message was published while the
 *   client was away.
 * - `gap` (`{from, to}`): the server skipped these offsets, as the room's rule for slow consumers says.
 * - `join`, `leave` (`{user, client}`): a member joined or left, if asked for.
 * - `refused` (a `Failure`): the server does not let the client in, or removed it from the room.
 *
 * `state`: `out`, `joining`, `joined` or `refused`.
 */

import { backoffMillis } from "./backoff.js";
import { Deltas } from "./delta.js";
import { Failure } from "./failure.js";
import { Outbox, newKey } from "./outbox.js";

/** Codes of an unsubscribe push below this are permanent. */
const FIRST_TEMPORARY_CODE = 2500;

/** A log is kept for at least this long after its last message. */
const LOG_KEPT_MILLIS = 60_000;

/** The largest time that a date can have, in milliseconds since 1970. */
const MAX_TIME = 8.64e15;

export class Room extends EventTarget {
  #client;
  #joinLeave;
  #asksForDeltas;
  /** Reads the publications of the subscription; `null` without deltas. */
  #deltas = null;
  #deltaBytes = { sent: 0, complete: 0 };
  #state = "out";
  #outbox;
  #cursor;
  #wasJoined = false;
  #lostAt = -Infinity;
  #request = 0;
  #attempts = 0;
  #timer = 0;

  /**
   * Creates a room for a client, which calls `connected`, `lost` and `pushed`. `since` is a position, `{epoch, offset}`,
   * after which the messages are received when the room is joined first. `deltas` asks the server to send what
   * distinguishes a message from the one before it.
   */
  constructor(client, name, { joinLeave = false, since = null, deltas = false } = {}) {
    super();
    this.#cursor = new Cursor(since);
    this.name = name;
    this.#client = client;
    this.#joinLeave = joinLeave;
    this.#asksForDeltas = deltas;
    this.#outbox = new Outbox((request, done, failed) => {
      client.send("publish", { channel: name, ...request }, done, failed);
    });
  }

  get state() {
    return this.#state;
  }

  /** The client's position in the log, `epoch:offset`; empty if it has none or the room has no log. */
  get position() {
    return this.#cursor.toString();
  }

  /** The offset of the last message received; 0 before the first. */
  get offset() {
    return this.#cursor.offset;
  }

  get epoch() {
    return this.#cursor.epoch;
  }

  /** How many bytes of contents arrived as deltas allow, and how many they would be without: `{sent, complete}`. */
  get deltaBytes() {
    return { ...this.#deltaBytes };
  }

  /** The number of messages published here that are not in the log yet. */
  get unacknowledged() {
    return this.#outbox.size;
  }

  /** Joins the room, and joins it again after each loss of the connection. */
  join() {
    if (this.#state === "out" || this.#state === "refused") {
      this.#state = "joining";
      this.#attempts = 0;
      this.#subscribe();
    }
  }

  /** Leaves the room. Messages that are not published yet fail. */
  leave() {
    if (this.#state !== "out") {
      const before = this.#state;
      this.#state = "out";
      clearTimeout(this.#timer);
      this.#outbox.clear(new Failure(0, "the room was left", { unsure: true }));
      if (before !== "refused") {
        this.#client.command("unsubscribe", { channel: this.name }).catch(() => {});
      }
    }
  }

  /**
   * Publishes any JSON value. Returns a promise of its position (`{epoch, offset}`), fulfilled when it is in the log
   * and on a second node, rejected with a `Failure`. It waits while the connection is lost. A message that is published
   * again under the same `key` appears once. `sentBy` is what the method of this name gave in an earlier visit.
   */
  publish(data, key = newKey(), sentBy = []) {
    if (this.#state === "out" || this.#state === "refused") {
      return Promise.reject(new Failure(0, `not in the room ${this.name}`));
    }
    return this.#outbox.add(data, key, sentBy);
  }

  /** Returns the ids of the connections by which a message was sent that is not in the log yet. */
  sentBy(key) {
    return this.#outbox.sentBy(key);
  }

  /**
   * Reads messages before an offset, or the newest ones if none is given. Returns a promise of
   * `{messages, epoch, more}`: the messages oldest first, and whether there may be older ones.
   */
  async history({ before = 0, limit = 50 } = {}) {
    const request = { channel: this.name, limit, reverse: true };
    if (before > 0) {
      request.since = { epoch: this.epoch, offset: before };
    }
    const { publications, epoch } = await this.#client.command("history", request);
    const messages = this.#valid(publications).map((one) => this.#message(one, epoch)).reverse();
    return { messages, epoch, more: messages.length > 0 && messages[0].offset > 1 };
  }

  /** Returns a promise of the members, a list of `{user, client}`. */
  async members() {
    const { presence } = await this.#client.command("presence", { channel: this.name });
    return Object.values(presence ?? {}).filter(isMember);
  }

  /** Returns a promise of the number of members, `{connections, users}`. */
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
    this.#outbox.pause(code);
    if (this.#state === "joined") {
      this.#lostAt = performance.now();
      this.#state = "joining";
    }
  }

  /** Called by the client with a push for this room. A push that is not understood is counted and ignored. */
  pushed({ pub, join, leave, unsubscribe }) {
    if (this.#state !== "joined") {
      return;
    }
    if (isPublication(pub)) {
      this.#received(pub, false);
    } else if (isMember(join?.info)) {
      this.#dispatch("join", join.info);
    } else if (isMember(leave?.info)) {
      this.#dispatch("leave", leave.info);
    } else if (Number.isInteger(unsubscribe?.code)) {
      this.#unsubscribed(unsubscribe);
    } else {
      this.#client.countInvalid();
    }
  }

  #subscribe() {
    if (!this.#client.isConnected) {
      return;
    }
    const request = { channel: this.name, join_leave: this.#joinLeave, ...this.#cursor.asRequest };
    if (this.#asksForDeltas) {
      request.delta = "fossil";
    }
    const number = ++this.#request;
    this.#client.send(
      "subscribe",
      request,
      (result) => number === this.#request && this.#subscribed(result),
      (failure) => number === this.#request && this.#refused(failure),
    );
  }

  #subscribed(result) {
    const { recoverable = false, recovered = false } = result;
    if (this.#state !== "joining") {
      return;
    }
    this.#deltas = result.delta === true ? new Deltas(this.#deltaBytes) : null;
    const first = !this.#wasJoined;
    const isNew = first && this.#cursor.toString() === "";
    const missed = this.#valid(result.publications);
    // A room with `history.onJoin: "latest"` recovers only the newest message.
    const from = missed[0]?.offset ?? 0;
    const skips = recovered && from > 0 && from !== this.offset + 1;
    const complete = recoverable && ((recovered && !skips) || isNew || this.#isStillEmpty(result));
    this.#state = "joined";
    this.#attempts = 0;
    this.#cursor.subscribed(skips ? { ...result, recovered: false, offset: from - 1 } : result);
    this.#wasJoined = true;
    if (recovered && !skips) {
      this.#outbox.recovered(this.epoch);
    }
    this.#dispatch("joined", { recovered: complete, first });
    for (const publication of missed) {
      this.#received(publication, true);
    }
    // After the missed messages, which may include one that this client published.
    if (this.#state === "joined") {
      this.#outbox.open(this.#client.id, { complete, hasLog: recoverable });
    }
  }

  /** A room without messages has no log, and what other nodes call its epoch differs. */
  #isStillEmpty({ offset = 0 }) {
    return offset === 0 && this.offset === 0 && performance.now() - this.#lostAt < LOG_KEPT_MILLIS;
  }

  #refused(failure) {
    if (this.#state !== "joining" || failure.unsure) {
      return; // The client reconnects after a loss and subscribes again.
    }
    if (failure.temporary) {
      this.#retryLater();
    } else {
      this.#stayOut(failure);
    }
  }

  #unsubscribed({ code, reason }) {
    this.#outbox.pause(0);
    if (code < FIRST_TEMPORARY_CODE) {
      this.#stayOut(new Failure(code, reason));
      return;
    }
    this.#state = "joining";
    this.#retryLater();
  }

  #retryLater() {
    this.#timer = setTimeout(() => this.#subscribe(), backoffMillis(this.#attempts++));
  }

  #stayOut(failure) {
    this.#state = "refused";
    this.#outbox.clear(failure);
    this.#dispatch("refused", failure);
  }

  #received(received, missed) {
    const publication = this.#whole(received);
    if (!publication) {
      return;
    }
    const { offset = 0 } = publication;
    const skipped = this.#cursor.advance(offset);
    if (skipped < 0) {
      return;
    }
    if (skipped > 0) {
      this.#dispatch("gap", { from: offset - skipped, to: offset - 1 });
    }
    const message = this.#message(publication, this.epoch);
    const key = this.#outbox.received(message);
    this.#dispatch("message", { ...message, key, missed });
  }

  /** Returns a publication without deltas; `null` if it was no longer wanted or cannot be read. */
  #whole(publication) {
    if (!this.#deltas) {
      return publication;
    }
    if (this.#state !== "joined") {
      return null;
    }
    try {
      return { ...publication, data: this.#deltas.read(publication) };
    } catch {
      this.#client.countInvalid();
      this.#joinAgain();
      return null;
    }
  }

  /** Subscribes again at the last message that was read. */
  #joinAgain() {
    this.#outbox.pause(0);
    this.#state = "joining";
    this.#client.command("unsubscribe", { channel: this.name }).catch(() => {});
    this.#retryLater();
  }

  #valid(publications) {
    const list = Array.isArray(publications) ? publications : [];
    return list.filter((one) => {
      const valid = isPublication(one);
      if (!valid) {
        this.#client.countInvalid();
      }
      return valid;
    });
  }

  #message({ data = null, binary, offset = 0, time, info }, epoch) {
    const sender = isSender(info ?? {}) ? info : undefined;
    return {
      data,
      binary: binary === true && typeof data === "string",
      offset,
      position: { epoch, offset },
      time: Math.abs(time) <= MAX_TIME ? Number(time) : Date.now(),
      info: sender,
      own: this.#client.isOwn(sender),
    };
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The position of a client in the log of a room: the epoch, and the offset of the last message received. */
class Cursor {
  epoch = "";
  offset = 0;
  /** False in a room without a log, or if the client may not read it. */
  #known = false;

  /** Creates a cursor at a position, `{epoch, offset}`, or at none yet. */
  constructor(since) {
    if (since) {
      this.epoch = since.epoch;
      this.offset = since.offset;
      this.#known = true;
    }
  }

  /** `epoch:offset`; empty if not known. */
  toString() {
    return this.#known ? `${this.epoch}:${this.offset}` : "";
  }

  /** The fields of a subscribe command that ask for recovery. */
  get asRequest() {
    return this.#known ? { recover: true, epoch: this.epoch, offset: this.offset } : {};
  }

  /**
   * Takes the position from the result of a subscribe command. After a recovery the epoch may be another one: that of
   * a log that continues the former one at the same offsets.
   */
  subscribed({ recoverable = false, recovered = false, epoch = "", offset = 0 }) {
    this.epoch = epoch;
    if (!recovered) {
      this.offset = offset;
    }
    this.#known = recoverable;
  }

  /** Advances to an offset. Returns how many offsets were skipped, or -1 if it was received before. */
  advance(offset) {
    if (!this.#known || offset === 0) {
      return 0;
    }
    const skipped = offset - this.offset - 1;
    if (skipped < 0) {
      return -1;
    }
    this.offset = offset;
    return skipped;
  }
}

function isPublication(pub) {
  const offset = pub?.offset ?? 0;
  return typeof pub === "object" && pub !== null && Number.isSafeInteger(offset) && offset >= 0;
}

/** A sender over HTTP has no connection. */
function isSender({ client = "", user = "" }) {
  return typeof client === "string" && typeof user === "string";
}

function isMember(info) {
  return isSender(info ?? {}) && Boolean(info?.client);
}
