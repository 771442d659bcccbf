/** The rooms that the user is in. Remembers them, and how far each was read. Does not touch the page. */

import { requestJson, roomPath } from "../common/http.js";
import { browserStorage, tabStorage } from "../common/storage.js";
import { Conversation } from "./conversation.js";
import { LOBBY, isRoomName } from "./room-names.js";

/** The server's limit is 128 rooms for one connection. */
const MAX_JOINED = 64;
const MAX_RECENT = 12;

export class Rooms {
  #client;
  #changed;
  #conversations = new Map();
  /** What the last visit had not sent in rooms that are not joined yet. */
  #unsent = tabStorage.get("unsent", {});

  /** Joins the rooms of the last visit. `changed(conversation, what)` is called as `Conversation` has it. */
  constructor(client, changed) {
    this.#client = client;
    this.#changed = (conversation, what) => {
      if (what === "pending") {
        this.#saveUnsent();
      }
      changed(conversation, what);
    };
    storedNames("joined", [LOBBY]).forEach((name) => this.#join(name));
  }

  /** The conversations in the order in which they were joined. */
  get joined() {
    return [...this.#conversations.values()];
  }

  /** The names of rooms that were left, the newest first. */
  get recent() {
    return storedNames("recent", []).filter((name) => !this.#conversations.has(name));
  }

  /** Joins a room, if necessary, and returns its conversation. */
  join(name) {
    const conversation = this.#conversations.get(name) ?? this.#join(name);
    if (this.#conversations.size > MAX_JOINED) {
      const oldest = this.joined.find((one) => one !== conversation && one.name !== LOBBY);
      this.leave(oldest.name);
    }
    this.save();
    return conversation;
  }

  leave(name) {
    if (this.#conversations.delete(name)) {
      this.#client.forget(name);
      const recent = [name, ...this.recent.filter((other) => other !== name)];
      browserStorage.set("recent", recent.slice(0, MAX_RECENT));
      this.save();
    }
  }

  /** Remembers the rooms, how far each was read, and in this tab what is not sent. */
  save() {
    this.#saveUnsent();
    browserStorage.set("joined", [...this.#conversations.keys()]);
    browserStorage.set("read", Object.fromEntries(this.joined.map(({ name, lastRead }) => [name, lastRead])));
  }

  #saveUnsent() {
    const unsent = Object.fromEntries(this.joined.map(({ name, unsent }) => [name, unsent]).filter(([, one]) => one));
    tabStorage.set("unsent", { ...this.#unsent, ...unsent });
  }

  #join(name) {
    const { [name]: unsent, ...others } = this.#unsent;
    this.#unsent = others;
    const room = this.#client.room(name, { joinLeave: true, since: unsent?.since });
    const lastRead = browserStorage.get("read", {})[name];
    room.join();
    const conversation = new Conversation(room, lastRead, unsent, this.#changed);
    this.#conversations.set(name, conversation);
    return conversation;
  }
}

/**
 * Returns a promise of a room's options, with `permissions` of the user in it, `null` if the server does not tell.
 * `tokens` is the `TokenStore`.
 */
export async function roomOptions(name, tokens, node) {
  try {
    const headers = { Accept: "application/json", ...(await tokens.headers()) };
    const { options, permissions } = await requestJson(roomPath(name), { node, headers });
    return options ? { ...options, permissions } : null;
  } catch {
    return null;
  }
}

function storedNames(key, fallback) {
  const names = browserStorage.get(key, fallback);
  return Array.isArray(names) ? names.filter((one) => typeof one === "string" && isRoomName(one)) : fallback;
}
