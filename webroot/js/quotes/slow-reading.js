/**
 * The button that makes this page one that reads slowly, so that the server skips updates for it. The server does it,
 * since a browser reads whatever arrives.
 */

import { byId } from "../common/dom.js";
import { number } from "../common/intl.js";
import { translate } from "../translations/quotes.js";

/** The method of the server, which nodes with the demo have. */
const METHOD = "demo.readSlowly";

const TICK_MILLIS = 250;

/** Updates that are left out at the end of the time arrive as a gap a little later. */
const LAST_MILLIS = 500;

export class SlowReading {
  #button = byId("btnSlow");
  #client;
  #skipped;
  /** When it ends, and how many updates were skipped before; `null` if it is not running. */
  #running = null;
  /** What the note says, `{key, values}`; `null` for nothing. */
  #note = null;

  /** `skipped()` returns the number of updates that the server has left out for this page so far. */
  constructor(client, skipped) {
    this.#client = client;
    this.#skipped = skipped;
    this.#button.addEventListener("click", () => this.#start());
    client.addEventListener("state", () => this.#end("slowLost"));
  }

  /** Writes the button and the note in the language of the page. */
  draw() {
    const seconds = this.#running ? Math.max(0, Math.ceil((this.#running.until - performance.now()) / 1000)) : 0;
    this.#button.textContent = translate(this.#running ? "slowRunning" : "slow", { seconds: number(seconds) });
    this.#button.disabled = this.#running !== null;
    const { key, values } = this.#note ?? {};
    const text = key ? translate(key, values) : "";
    if (byId("slowNote").textContent !== text) {
      byId("slowNote").textContent = text;
    }
  }

  async #start() {
    this.#button.disabled = true;
    try {
      const { data } = await this.#client.command("rpc", { method: METHOD });
      const seconds = Number.isFinite(data?.seconds) ? data.seconds : 0;
      this.#running = { until: performance.now() + seconds * 1000, before: this.#skipped(), timer: 0 };
      this.#note = { key: "slowNow" };
      this.#tick();
    } catch (failure) {
      this.#note = { key: failure.unsure ? "slowLost" : "slowRefused" };
      this.draw();
    }
  }

  #tick() {
    if (performance.now() > this.#running.until + LAST_MILLIS) {
      this.#end("slowDone");
    } else {
      this.#running.timer = setTimeout(() => this.#tick(), TICK_MILLIS);
      this.draw();
    }
  }

  #end(key) {
    if (this.#running) {
      clearTimeout(this.#running.timer);
      this.#note = { key, values: { count: number(this.#skipped() - this.#running.before) } };
      this.#running = null;
      this.draw();
    }
  }
}
