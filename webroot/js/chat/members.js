/**
 * Who is in a room: asked for once, then kept right by who comes and goes. `changed()` is called at
 * each change.
 */

import { DENIED } from "../client/failure.js";

/** The server's answer for a room whose members are not known, or too many for one answer. */
const NOT_AVAILABLE = 108;
const TOO_MANY = 106;

/** So long it is shown that somebody came or went. */
const NEWS_MILLIS = 6_000;

export class Members {
  #room;
  #changed;
  #here = new Map();
  #news = new Map();
  #since = null;
  #asked = 0;

  /** `unknown` before the answer, then `known`, `hidden`, `denied`, `many` (only `count` is known) or `failed`. */
  state = "unknown";
  #count = 0;

  constructor(room, changed) {
    this.#room = room;
    this.#changed = changed;
    room.addEventListener("join", ({ detail }) => this.#moved(detail, true));
    room.addEventListener("leave", ({ detail }) => this.#moved(detail, false));
  }

  get count() {
    return this.state === "known" ? this.#here.size : this.#count;
  }

  /** `{user, client}` of everybody who is here. */
  get here() {
    return [...this.#here.values()];
  }

  /** Who came or went a moment ago: `{info, came}`. */
  get news() {
    return [...this.#news.values()];
  }

  /** Asks again, after each entering. */
  async refresh() {
    const asked = ++this.#asked;
    this.#since = [];
    try {
      const members = await this.#room.members();
      if (asked === this.#asked) {
        this.#here = new Map(members.map((info) => [info.client, info]));
        this.state = "known";
        this.#since.forEach(([info, came]) => this.#move(info, came));
        this.#since = null;
      }
    } catch (failure) {
      if (asked === this.#asked) {
        await this.#failed(failure);
      }
    }
    this.#changed();
  }

  async #failed({ code }) {
    if (code === TOO_MANY) {
      this.state = "many";
      this.#count = (await this.#room.counts().catch(() => ({ connections: 0 }))).connections;
    } else {
      this.state = { [NOT_AVAILABLE]: "hidden", [DENIED]: "denied" }[code] ?? "failed";
    }
  }

  #moved(info, came) {
    this.#since?.push([info, came]);
    if (this.state === "many") {
      this.#count += came ? 1 : -1;
    }
    if (this.state === "known") {
      this.#move(info, came);
      this.#tellNews(info, came);
    }
    this.#changed();
  }

  #move(info, came) {
    if (came) {
      this.#here.set(info.client, info);
    } else {
      this.#here.delete(info.client);
    }
  }

  #tellNews(info, came) {
    const news = { info, came };
    this.#news.set(info.client, news);
    setTimeout(() => {
      if (this.#news.get(info.client) === news) {
        this.#news.delete(info.client);
        this.#changed();
      }
    }, NEWS_MILLIS);
  }
}
