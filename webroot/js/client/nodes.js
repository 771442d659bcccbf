/**
 * The nodes that a client may connect to: the one that it was given, its home, and the others that it learns from
 * `GET /nodes`. A node is `{url, WebSocket, EventSource, fetch}`; `url` ends with a slash. Does not touch the
 * page.
 *
 * A node that was learned is kept when it leaves the cluster, since it may come back at the same URL.
 */

/** How often the list is read while the client is connected. */
const REFRESH_MILLIS = 15_000;

/** How many nodes are kept. */
const MAX_NODES = 32;

export class Nodes {
  #all;
  #index = 0;
  #first = 0;
  #open;
  #random;
  #isOpening = false;
  #timer = 0;

  /**
   * Creates the nodes with the home alone.
   *
   * `open()` returns a promise of a way to other nodes, `{urls, WebSocket, EventSource, fetch, close()}`, which allows
   * connections to these URLs only. Without it there is no other node.
   */
  constructor(home, { open, random = Math.random } = {}) {
    this.#all = [home];
    this.#open = open;
    this.#random = random;
  }

  /** The node to use now. */
  get current() {
    return this.#all[this.#index];
  }

  get isHome() {
    return this.#index === 0;
  }

  /** Whether there is more than one. */
  get isSeveral() {
    return this.#all.length > 1;
  }

  /** Goes on to the next node. Returns whether that has not been tried since the last connection or full round. */
  next() {
    this.#index = (this.#index + 1) % this.#all.length;
    return this.#index !== this.#first;
  }

  /** Tells that the current node serves this client. Keeps the list fresh until `stop`. */
  connected() {
    this.#first = this.#index;
    this.stop();
    if (this.#open) {
      this.#refresh();
      this.#timer = setInterval(() => this.#refresh(), REFRESH_MILLIS);
    }
  }

  /** Does not read the list any more. */
  stop() {
    clearInterval(this.#timer);
  }

  async #refresh() {
    const { url, fetch } = this.current;
    try {
      const answer = await fetch(new URL("nodes", url).href, { signal: AbortSignal.timeout(REFRESH_MILLIS) });
      const [own, ...others] = (await answer.json()).nodes;
      // A node that is called otherwise than by its URL is behind a proxy, which chooses the node.
      if (own === new URL(url).origin && others.some((one) => !this.#knows(one)) && !this.#isOpening) {
        this.#isOpening = true;
        await this.#open().then((way) => this.#add(way)).finally(() => (this.#isOpening = false));
      }
    } catch {
      // The node cannot be asked at the moment, or is of an older version.
    }
  }

  #knows(origin) {
    return this.#all.some(({ url }) => new URL(url).origin === origin);
  }

  /** Each client has an order of its own, so that those of a lost node spread over all others. */
  #add({ urls, close, ...functions }) {
    const added = urls.filter((one) => !this.#knows(one)).slice(0, MAX_NODES - this.#all.length);
    if (added.length === 0) {
      close();
    }
    for (const url of added) {
      const at = 1 + Math.floor(this.#random() * this.#all.length);
      this.#all.splice(at, 0, { url: new URL(url).href, ...functions });
      this.#index += at <= this.#index ? 1 : 0;
      this.#first += at <= this.#first ? 1 : 0;
    }
  }
}
