/** The server's HTTP API, asked with a key. The key goes into a header, never into an address. */

/** What the server answered instead of what was asked for; `status` is 0 where it did not answer. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.name = "Refused";
    this.status = status;
  }
}

export class Api {
  #key;

  constructor(key) {
    this.#key = key;
  }

  /** What every request shows. */
  headers(others = {}) {
    return { "X-API-Key": this.#key, ...others };
  }

  /** Fulfilled with what stands at a path, rejected with `Refused`. */
  read(path) {
    return this.#ask(path, { cache: "no-store" });
  }

  /** Says something in a room. Fulfilled with its position, which is empty in a room without a log. */
  async publish(room, body, type) {
    const { epoch, offset } = await this.#ask(`${pathOf(room)}/messages`, {
      method: "POST",
      headers: { "Content-Type": type },
      body,
    });
    return epoch === undefined ? "" : `${epoch}:${offset}`;
  }

  /** Ends the connections of a user: all of them, or only the one that is named. */
  async disconnect(user, client = "") {
    const { error } = await this.#ask("./api/disconnect", {
      method: "POST",
      body: JSON.stringify(client ? { user, client } : { user }),
    });
    if (error) {
      throw new Refused(error.code, error.message);
    }
  }

  async #ask(path, options) {
    let response;
    try {
      response = await fetch(path, { ...options, headers: this.headers(options.headers) });
    } catch (problem) {
      throw new Refused(0, problem.message);
    }
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) {
      throw new Refused(response.status, answer.detail ?? answer.title ?? response.statusText);
    }
    return answer;
  }
}

/** Where a room is. */
export function pathOf(room) {
  return `./rooms/${encodeURIComponent(room)}`;
}
