/** What the wire of a client does, in figures. */
export class Figures {
  #values = { node: "", server: "", connects: 0, recovered: 0, messages: 0 };

  /** There is a connection, to this node of this server. */
  connected({ node = "", version = "" }) {
    this.#values.node = node;
    this.#values.server = version;
    this.#values.connects++;
  }

  /** There is a message, which was perhaps missed before. */
  heard({ missed }) {
    this.#values.messages++;
    this.#values.recovered += missed ? 1 : 0;
  }

  get values() {
    return { ...this.#values };
  }
}
