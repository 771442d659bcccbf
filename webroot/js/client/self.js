/** Who a client is to the others: its connection, and those that were its own before. */

/** So many connections are known to have been this client's. */
const KEPT = 50;

export class Self {
  #ids;

  /** What others know the present connection by; empty before there was one. */
  id = "";

  /** `ids` of earlier connections that were its own, too. */
  constructor(ids) {
    this.#ids = new Set(ids);
  }

  /** The ids of all connections that were its own, as far as it remembers. */
  get ids() {
    return [...this.#ids];
  }

  /** Whether somebody, as messages and members have them, is this client. */
  is(info) {
    return this.#ids.has(info?.client);
  }

  /** There is another connection. */
  became(id) {
    this.id = id;
    this.#ids.add(id);
    while (this.#ids.size > KEPT) {
      this.#ids.delete(this.#ids.values().next().value);
    }
  }
}
