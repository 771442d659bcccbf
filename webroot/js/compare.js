/** The comparison page: sends messages into a room of its own and receives them by four transports. */

import { tokenColours } from "./common/canvas.js";
import { ConnectionBanner } from "./common/connection-banner.js";
import { byId, onSubmit } from "./common/dom.js";
import { bytes, clockTime, duration, measured } from "./common/format.js";
import { Header } from "./common/header.js";
import { requestJson } from "./common/http.js";
import { language, onLanguageChange, translateElements } from "./common/i18n.js";
import { number } from "./common/intl.js";
import { ownNodes } from "./common/own-nodes.js";
import { onThemeChange } from "./common/theme.js";
import { DelayChart, SECONDS } from "./compare/delay-chart.js";
import { Measurement, isGone } from "./compare/measurement.js";
import { numberIn } from "./compare/publisher.js";
import { TransportRow } from "./compare/transport-row.js";
import { SignInPanel } from "./sign-in/sign-in-panel.js";
import { TokenStore } from "./sign-in/token-store.js";
import { translate } from "./translations/compare.js";

/** The intervals of short polling that can be chosen. */
const INTERVALS = [100, 200, 500, 1000, 2000, 5000, 10_000];
const FIGURES_MILLIS = 250;
const CPU_MILLIS = 3000;
/** The page pauses if nothing is changed for this long. */
const IDLE_MILLIS = 600_000;
/** How often the page is drawn while paused, in case its size or colours change. */
const PAUSED_DRAW_MILLIS = 250;
/** How many messages may be on their way; older ones are forgotten. */
const MAX_SENT = 2000;

class ComparePage {
  #room = `compare:${randomName()}`;
  #header = new Header("compare", translate);
  #nodes = ownNodes();
  #tokens = new TokenStore();
  #measurement = new Measurement(this.#room, this.#tokens, this.#nodes);
  #transports = this.#measurement.transports;
  #names = Object.keys(this.#transports);
  #rows = this.#names.map((name) => new TransportRow(name, this.#transports[name], byId("transports")));
  #chart = new DelayChart(byId("delays"), this.#names.length, {
    name: (strip) => translate(this.#names[strip]),
    time: (millis) => duration(millis),
    end: () => (this.#measurement.isRunning ? translate("now") : clockTime(performance.timeOrigin + this.#drawnTime)),
  });
  #signIn = new SignInPanel(translate, this.#tokens, {
    renamed: () => this.#signedIn(),
    tokenChanged: () => this.#signedIn(),
    closed: () => {},
  });
  #cpuUsage = new CpuUsage();

  /** When each message on its way was sent, by its number. */
  #sentAt = new Map();
  /** Whether the user wants it to run. */
  #isWanted = true;
  #notice = null;
  /** The part of one core that the server uses; `null` if not known. */
  #cpu = null;
  #changedAt = performance.now();
  #drawnTime = performance.now();
  #style = {};

  start() {
    translateElements(byId("transports"), translate);
    this.#listen();
    onThemeChange(() => this.#readStyle());
    onLanguageChange(() => this.#drawTexts());
    setInterval(() => this.#drawFigures(), FIGURES_MILLIS);
    setInterval(() => this.#measureCpu(), CPU_MILLIS);
    requestAnimationFrame((now) => this.#draw(now));
    this.#run();
  }

  #listen() {
    const measurement = this.#measurement;
    new ConnectionBanner(measurement, translate);
    measurement.setRate(Number(byId("rngRate").value));
    measurement.addEventListener("state", ({ detail }) => {
      this.#header.showConnection(detail);
      this.#cpu = null;
      this.#showCpu();
    });
    measurement.addEventListener("socket", ({ detail }) => this.#header.showConnection(detail));
    measurement.addEventListener("started", () => this.#started());
    measurement.addEventListener("failed", ({ detail }) => this.#failed(detail));
    measurement.addEventListener("sent", ({ detail }) => this.#sent(detail.number, detail.now));
    measurement.addEventListener("answered", ({ detail }) => this.#answered(detail));
    measurement.addEventListener("received", ({ detail }) => this.#received(detail));
    byId("btnPause").addEventListener("click", () => this.#togglePause());
    onSubmit("controls", () => {});
    byId("controls").addEventListener("input", ({ target }) => this.#settingChanged(target));
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#stop() : this.#run()));
  }

  /** Starts, if the user wants it and the page is visible. */
  #run() {
    if (this.#isWanted && !document.hidden) {
      this.#measurement.start();
    }
  }

  #started() {
    this.#signIn.require(null);
    this.#showNotice(null);
    this.#reset();
  }

  #signedIn() {
    this.#stop();
    this.#run();
  }

  /** `error` is `null` if the room keeps no log. */
  #failed(error) {
    if (error === null) {
      this.#showNotice({ key: "noLog", values: { room: this.#room } });
    } else {
      this.#refused(error);
    }
  }

  #stop() {
    this.#measurement.stop();
  }

  /** Resets all figures. */
  #reset() {
    this.#sentAt.clear();
    this.#chart.clear();
    Object.values(this.#transports).forEach((transport) => transport.reset());
    this.#rows.forEach((row) => row.clear());
  }

  #togglePause() {
    this.#isWanted = !this.#isWanted;
    this.#changedAt = performance.now();
    this.#showSettings();
    if (this.#isWanted) {
      this.#run();
    } else {
      this.#stop();
    }
  }

  #settingChanged(input) {
    this.#changedAt = performance.now();
    this.#showSettings();
    this.#reset();
    if (input.id === "rngInterval") {
      this.#transports.short.setInterval(this.#interval);
    } else {
      this.#measurement.setRate(Number(input.value));
    }
  }

  /** The interval of short polling in milliseconds. */
  get #interval() {
    return INTERVALS[byId("rngInterval").value];
  }

  #sent(message, now) {
    this.#sentAt.set(message, now);
    if (this.#sentAt.size > MAX_SENT) {
      this.#sentAt.delete(this.#sentAt.keys().next().value);
    }
    this.#rows.forEach((row) => row.sent(message));
  }

  #received({ name, text }) {
    const now = performance.now();
    const message = numberIn(text);
    const sentAt = this.#sentAt.get(message);
    if (sentAt !== undefined) {
      const index = this.#names.indexOf(name);
      this.#transports[name].statistics.addDelay(now - sentAt);
      this.#chart.add(index, sentAt, now - sentAt);
      this.#rows[index].received(message, now);
    }
  }

  /** Messages that were not accepted do not count. */
  #answered({ error, numbers }) {
    if (error) {
      numbers.forEach((message) => this.#sentAt.delete(message));
      this.#rows.forEach((row) => row.notSent(numbers));
    }
    if (error && !isGone(error)) {
      this.#refused(error);
    } else if (this.#notice) {
      this.#showNotice(null);
    }
  }

  #refused(error) {
    this.#showNotice({ key: "refused", values: { room: this.#room, reason: error.message } });
    if (error.status === 401) {
      this.#unauthorized();
    }
  }

  /** Asks the user to sign in, unless only the rule of this room forbids to publish: then the notice says so. */
  async #unauthorized() {
    this.#stop();
    this.#header.showConnection({ state: "closed" });
    const isNeeded = this.#tokens.isSent || !(await isAnonymousServed(this.#nodes.current));
    if (isNeeded && !this.#measurement.isRunning) {
      this.#signIn.require(this.#tokens.isSent ? "tokenInvalid" : "tokenNeeded");
      this.#showNotice(null);
      this.#header.showConnection({ state: "signedOut" });
    }
  }

  #showNotice(notice) {
    this.#notice = notice;
    byId("notice").hidden = notice === null;
    byId("notice").textContent = notice ? translate(notice.key, notice.values) : "";
  }

  #showSettings() {
    byId("outRate").textContent = translate("perSecond", { count: number(Number(byId("rngRate").value)) });
    byId("rngRate").setAttribute("aria-valuetext", byId("outRate").textContent);
    byId("outInterval").textContent = duration(this.#interval);
    byId("rngInterval").setAttribute("aria-valuetext", byId("outInterval").textContent);
    byId("btnPause").textContent = translate(this.#isWanted ? "pause" : "resume");
  }

  async #measureCpu() {
    const isPossible = () => this.#measurement.isRunning && this.#nodes.isHome;
    if (isPossible()) {
      const cpu = await this.#cpuUsage.measure();
      this.#cpu = isPossible() ? cpu : null;
      this.#showCpu();
    }
  }

  #showCpu() {
    byId("cpu").textContent = this.#cpu === null ? "" : translate("cpu", { part: number(this.#cpu * 100) });
  }

  #readStyle() {
    const [message, request, line, text] = tokenColours(["--accent", "--information", "--line", "--dim"]);
    this.#style = { message, request, line, text, font: `12px ${getComputedStyle(document.body).fontFamily}` };
  }

  #drawTexts() {
    document.title = translate("title");
    this.#signIn.draw();
    byId("delays").setAttribute("aria-label", translate("chart", { seconds: SECONDS }));
    this.#showNotice(this.#notice);
    this.#showSettings();
    this.#drawFigures();
    this.#showCpu();
  }

  #drawFigures() {
    this.#rows.forEach((row) => row.drawFigures());
    byId("summary").textContent = this.#summary();
    if (this.#isWanted && performance.now() - this.#changedAt > IDLE_MILLIS) {
      this.#togglePause();
      this.#showNotice({ key: "stopped" });
    }
  }

  /** Returns the result in two sentences. */
  #summary() {
    const [short, long, , socket] = this.#names.map((name) => this.#transports[name].statistics);
    if ([short, long, socket].some(({ messages }) => messages === 0)) {
      return translate("summaryLater");
    }
    const polling = translate("summaryPolling", {
      interval: duration(this.#interval),
      empty: number(short.empty),
      requests: number(short.requests),
      delay: measured(short.mean()),
    });
    const webSocket = translate("summaryWebSocket", {
      socket: measured(socket.mean()),
      socketBytes: bytes(Math.round(socket.bytesPerMessage())),
      longBytes: bytes(Math.round(long.bytesPerMessage())),
    });
    return language() === "zh" ? polling + webSocket : `${polling} ${webSocket}`;
  }

  #draw(now) {
    this.#rows.forEach((row) => row.draw(now, this.#style));
    const { isRunning } = this.#measurement;
    if (isRunning) {
      this.#drawnTime = now;
    }
    this.#chart.draw(this.#drawnTime, this.#style);
    const next = () => requestAnimationFrame((time) => this.#draw(time));
    if (isRunning) {
      next();
    } else {
      setTimeout(next, PAUSED_DRAW_MILLIS);
    }
  }
}

/** The CPU time of the server, if it serves its metrics to pages. */
class CpuUsage {
  static #CPU_TIME = /^process_cpu_time_ns_total(?:\{[^}]*\})? (\S+)/m;

  #last = null;
  #isAvailable = true;

  /** Returns a promise of the part of one core used since the last call; `null` if not known. */
  async measure() {
    if (!this.#isAvailable) {
      return null;
    }
    try {
      const response = await fetch("./metrics", { cache: "no-store" });
      const found = response.ok ? CpuUsage.#CPU_TIME.exec(await response.text()) : null;
      this.#isAvailable = found !== null;
      return found ? this.#since({ at: performance.now(), used: Number(found[1]) / 1e6 }) : null;
    } catch {
      return null; // Perhaps the next call succeeds.
    }
  }

  #since(now) {
    const last = this.#last;
    this.#last = now;
    return last && now.used >= last.used ? (now.used - last.used) / (now.at - last.at) : null;
  }
}

/** Returns a promise whether the server serves clients without a token. */
function isAnonymousServed(node) {
  const answered = requestJson("./rooms?limit=1", { cache: "no-store", node });
  return answered.then(() => true, ({ status }) => status !== 401);
}

function randomName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(6)), (one) => one.toString(36)).join("");
}

new ComparePage().start();
