/**
 * The line at the top of a page that says that the connection is lost and why, when it is tried again, and afterwards
 * whether anything was missed. While it is lost, the page's body has the attribute `data-lost`.
 */

import { NO_CLOSE_FRAME, SHUTDOWN } from "../client/connection.js";
import { byId, element, setText } from "./dom.js";
import { onLanguageChange } from "./i18n.js";
import { number } from "./intl.js";

const TICK_MILLIS = 250;

/** How long the line stays when the connection is back. */
const BACK_MILLIS = 10_000;

/** A page that is connected again but not in its rooms after this time says so. */
const JOINING_MILLIS = 500;

/** What the client says of a server that does not answer any more. */
const SILENT = ["no ping", "no reply"];

export class ConnectionBanner {
  #client;
  #translate;
  #text = element("p", { id: "bannerText", role: "status" });
  #next = element("span", { id: "bannerNext", ariaHidden: "true" });
  #button = element("button", { id: "btnTryNow", type: "button", hidden: true });
  #line = element("div", { id: "banner", className: "banner" }, this.#text, this.#next, this.#button);
  /** `null`, or what is shown: the state of the client, or what `resumed` told. */
  #lost = null;
  #back = null;
  /** The URLs of the node that the user knows of, and of the one that was told last. */
  #knownNode;
  #toldNode;
  #timer = 0;

  /**
   * Adds the line to the page, for a `Client` or what has its events `state` and `resumed`, `node` and `retryNow()`.
   * `translate` has the texts of the header.
   */
  constructor(client, translate) {
    this.#client = client;
    this.#translate = translate;
    this.#knownNode = this.#toldNode = client.node.url;
    document.querySelector("main").prepend(this.#line);
    this.#button.addEventListener("click", () => client.retryNow());
    client.addEventListener("state", ({ detail }) => this.#stateChanged(detail));
    client.addEventListener("resumed", ({ detail }) => this.#resumed(detail));
    onLanguageChange(() => this.#draw());
  }

  #stateChanged(detail) {
    if (detail.state === "waiting") {
      this.#show({ lost: { ...detail, isOffline: !navigator.onLine } });
      this.#timer = setInterval(() => this.#drawNext(), TICK_MILLIS);
    } else if (this.#lost && detail.state === "connecting") {
      this.#show({ lost: { ...this.#lost, state: "connecting" } });
    } else if (this.#lost && detail.state === "live") {
      const joining = { ...this.#lost, state: "live" };
      this.#timer = setTimeout(() => this.#show({ lost: joining }), JOINING_MILLIS);
    } else if (detail.state === "closed" || detail.state === "paused") {
      this.#show({});
    }
  }

  /** Tells of a move again if the line did not stay long enough to be read, because of another loss for example. */
  #resumed(detail) {
    const { url } = this.#client.node;
    const isMoved = url !== this.#knownNode || url !== this.#toldNode;
    if (this.#lost || isMoved) {
      this.#toldNode = url;
      this.#show({ back: { ...detail, movedTo: isMoved ? url : null } });
      this.#timer = setTimeout(() => {
        this.#knownNode = url;
        this.#show({});
      }, BACK_MILLIS);
    }
  }

  #show({ lost = null, back = null }) {
    clearInterval(this.#timer);
    clearTimeout(this.#timer);
    this.#lost = lost;
    this.#back = back;
    this.#draw();
  }

  #draw() {
    document.body.toggleAttribute("data-lost", this.#lost !== null);
    this.#line.dataset.kind = this.#kind();
    const parts = this.#lost ? [this.#reason()] : this.#back ? this.#outcome() : [];
    if (this.#text.textContent !== parts.map((one) => one.textContent ?? one).join("")) {
      this.#text.replaceChildren(...parts);
    }
    const canTry = this.#lost !== null && this.#lost.state !== "live";
    if (!canTry && document.activeElement === this.#button) {
      byId("txtMsg")?.focus();
    }
    this.#button.hidden = !canTry;
    this.#button.disabled = this.#lost?.state === "connecting";
    this.#button.textContent = this.#translate("tryNow");
    this.#drawNext();
  }

  #kind() {
    if (this.#lost) {
      return "lost";
    }
    return this.#back ? (this.#back.complete === false ? "unsure" : "back") : "none";
  }

  #drawNext() {
    setText(this.#next, this.#lost ? this.#nextTry() : "");
  }

  #nextTry() {
    const { state, retryAt } = this.#lost;
    const node = this.#nodeName;
    if (state === "live") {
      return "";
    }
    if (state === "connecting") {
      return this.#translate("bannerTrying", { node });
    }
    const seconds = Math.max(1, Math.ceil((retryAt - performance.now()) / 1000));
    return this.#translate("bannerNext", { node, seconds });
  }

  get #nodeName() {
    return new URL(this.#client.node.url).host;
  }

  #reason() {
    const { state, code, reason, refusal, isOffline, duringConnect } = this.#lost;
    if (state === "live") {
      return this.#translate("bannerJoining", { node: this.#nodeName });
    }
    if (isOffline) {
      return this.#translate("lostOffline");
    }
    if (refusal) {
      return this.#translate("lostRefused", { reason: refusal });
    }
    if (code === SHUTDOWN) {
      return this.#translate("lostShutdown");
    }
    if (SILENT.includes(reason)) {
      return this.#translate("lostSilent");
    }
    if (code === NO_CLOSE_FRAME || !reason) {
      return this.#translate(duringConnect ? "lostUnreachable" : "lostBroken");
    }
    return this.#translate("lostOther", { reason });
  }

  /** The parts of the text: which node, as a link to this page on it, and whether anything was missed. */
  #outcome() {
    const { recovered, movedTo } = this.#back;
    const outcome = this.#translate(outcomeKey(this.#back), { count: number(recovered ?? 0) });
    if (movedTo === null) {
      return [outcome];
    }
    const url = new URL(location.href);
    url.host = new URL(movedTo).host;
    url.protocol = new URL(movedTo).protocol;
    const [before, after] = this.#translate("backMoved", { node: "\n" }).split("\n");
    return [before, element("a", { href: url.href, textContent: new URL(movedTo).origin }), after, outcome];
  }
}

/** Returns the key of the text about what was missed; that is not known if `complete` is not given. */
function outcomeKey({ complete, recovered }) {
  if (complete === undefined) {
    return "back";
  }
  if (!complete) {
    return "backUnsure";
  }
  return recovered === 0 ? "backWhole" : recovered === 1 ? "backOne" : "backMany";
}
