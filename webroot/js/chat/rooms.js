/**
 * The rooms that one is in: joins and leaves them, and remembers them and how far they were read.
 * Nothing here draws.
 */

import { remember, remembered } from "../common/storage.js";
import { LOBBY, isRoomName, stateAddress } from "./room-names.js";
import { Conversation } from "./conversation.js";

/** A server lets one connection be in 128 rooms. */
const MOST_JOINED = 64;
const MOST_RECENT = 12;

export class Rooms {
  #client;
  #changed;
  #conversations = new Map();

  /** `changed(conversation, what)` is called as `Conversation` has it. */
  constructor(client, changed) {
    this.#client = client;
    this.#changed = changed;
    const known = names("joined", [LOBBY]);
    known.forEach((name) => this.#enter(name));
  }

  /** The conversations in the order of their joining. */
  get joined() {
    return [...this.#conversations.values()];
  }

  /** Names of rooms that were left, newest first. */
  get recent() {
    return names("recent", []).filter((name) => !this.#conversations.has(name));
  }

  /** The conversation of a room, which is joined for that. */
  join(name) {
    const conversation = this.#conversations.get(name) ?? this.#enter(name);
    if (this.#conversations.size > MOST_JOINED) {
      const oldest = this.joined.find((one) => one !== conversation && one.name !== LOBBY);
      this.leave(oldest.name);
    }
    this.save();
    return conversation;
  }

  leave(name) {
    const conversation = this.#conversations.get(name);
    if (conversation) {
      conversation.room.leave();
      this.#conversations.delete(name);
      this.#client.forget(name);
      const recent = [name, ...this.recent.filter((other) => other !== name)];
      remember("recent", recent.slice(0, MOST_RECENT));
      this.save();
    }
  }

  /** Remembers which rooms these are and how far they were read. */
  save() {
    remember("joined", [...this.#conversations.keys()]);
    remember("read", Object.fromEntries(this.joined.map(({ name, read }) => [name, read])));
  }

  #enter(name) {
    const room = this.#client.room(name, { joinLeave: true });
    const read = remembered("read", {})[name];
    const conversation = new Conversation(room, read, this.#changed);
    this.#conversations.set(name, conversation);
    room.join();
    return conversation;
  }
}

/**
 * Asks the server how a room is set. Fulfilled with its options, or `null` where they are not told.
 * `pass` gives the header fields that say who asks.
 */
export async function optionsOf(name, pass) {
  try {
    const headers = { Accept: "application/json", ...(await pass.headers()) };
    const answer = await fetch(stateAddress(name), { headers });
    return answer.ok ? (await answer.json()).options : null;
  } catch {
    return null;
  }
}

function names(key, otherwise) {
  const known = remembered(key, otherwise);
  return Array.isArray(known) ? known.filter((one) => typeof one === "string" && isRoomName(one)) : otherwise;
}
