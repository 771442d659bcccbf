/** The members of a room: read once, then updated as members join and leave. Does not touch the page. */

import { DENIED } from "../client/failure.js";

/** Error codes of the server: the room has too many members for one reply; it has no presence. */
const LIMIT_EXCEEDED = 106;
const NOT_AVAILABLE = 108;

/** How long a change is shown. */
const CHANGE_MILLIS = 6_000;

export class Members {
  #room;
  #changed;
  #members = new Map();
  #changes = new Map();
  /** Changes since the list was asked for, `[info, joined]`; `null` if it is not under way. */
  #changesMeanwhile = null;
  #request = 0;
  #count = 0;

  /** `unknown` before the first reply, then `known`, `hidden`, `denied`, `many` (only `count` is known) or `failed`. */
  state = "unknown";

  /** Creates an empty list. `changed()` is called after each change. */
  constructor(room, changed) {
    this.#room = room;
    this.#changed = changed;
    room.addEventListener("join", ({ detail }) => this.#memberChanged(detail, true));
    room.addEventListener("leave", ({ detail }) => this.#memberChanged(detail, false));
  }

  get count() {
    return this.state === "known" ? this.#members.size : this.#count;
  }

  /** The members, `{user, client}` each. */
  get list() {
    return [...this.#members.values()];
  }

  /** The members that joined or left a moment ago, `{info, joined}` each. */
  get recentChanges() {
    return [...this.#changes.values()];
  }

  /** Reads the list again. Called after each join of the client. */
  async refresh() {
    const number = ++this.#request;
    this.#changesMeanwhile = [];
    try {
      const members = await this.#room.members();
      if (number === this.#request) {
        this.#members = new Map(members.map((info) => [info.client, info]));
        this.state = "known";
        this.#changesMeanwhile.forEach(([info, joined]) => this.#update(info, joined));
        this.#changesMeanwhile = null;
      }
    } catch (failure) {
      if (number === this.#request) {
        await this.#failed(failure);
      }
    }
    this.#changed();
  }

  async #failed({ code }) {
    if (code === LIMIT_EXCEEDED) {
      this.state = "many";
      this.#count = (await this.#room.counts().catch(() => ({ connections: 0 }))).connections;
    } else {
      this.state = { [NOT_AVAILABLE]: "hidden", [DENIED]: "denied" }[code] ?? "failed";
    }
  }

  #memberChanged(info, joined) {
    this.#changesMeanwhile?.push([info, joined]);
    if (this.state === "many") {
      this.#count += joined ? 1 : -1;
    }
    if (this.state === "known") {
      this.#update(info, joined);
      this.#addRecentChange(info, joined);
    }
    this.#changed();
  }

  #update(info, joined) {
    if (joined) {
      this.#members.set(info.client, info);
    } else {
      this.#members.delete(info.client);
    }
  }

  #addRecentChange(info, joined) {
    const change = { info, joined };
    this.#changes.set(info.client, change);
    setTimeout(() => {
      if (this.#changes.get(info.client) === change) {
        this.#changes.delete(info.client);
        this.#changed();
      }
    }, CHANGE_MILLIS);
  }
}
