/** The server's HTTP API with an admin key, which is sent in a header and never in an address. */

import { HttpError, requestJson, roomPath } from "../common/http.js";

export class AdminApi {
  #key;
  #nodes;

  /** Creates the API of the node in use, one of these `Nodes`. */
  constructor(key, nodes) {
    this.#key = key;
    this.#nodes = nodes;
  }

  /** Returns the header fields of a request. */
  headers(others = {}) {
    return { "X-API-Key": this.#key, ...others };
  }

  /** Returns a promise of the JSON at a path, rejected with an `HttpError` like all others. */
  read(path) {
    return this.#request(path, { cache: "no-store" });
  }

  /** Publishes a message. Returns a promise of its position, which is empty in a room without a log. */
  async publish(room, body, type) {
    const { epoch, offset } = await this.#request(`${roomPath(room)}/messages`, {
      method: "POST",
      headers: { "Content-Type": type },
      body,
    });
    return epoch === undefined ? "" : `${epoch}:${offset}`;
  }

  /** Disconnects one connection of a user, or all if `client` is empty. */
  async disconnect(user, client = "") {
    const { error } = await this.#request("./api/disconnect", {
      method: "POST",
      body: JSON.stringify(client ? { user, client } : { user }),
    });
    if (error) {
      throw new HttpError(error.code, error.message);
    }
  }

  #request(path, options) {
    return requestJson(path, { ...options, headers: this.headers(options.headers), node: this.#nodes.current });
  }
}
