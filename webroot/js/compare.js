/** The comparison page: sends messages into a room of its own and receives them by four transports. */

import { tokenColours } from "./common/canvas.js";
import { byId, onSubmit } from "./common/dom.js";
import { bytes, duration, measured } from "./common/format.js";
import { Header } from "./common/header.js";
import { requestJson } from "./common/http.js";
import { language, onLanguageChange, translateElements } from "./common/i18n.js";
import { number } from "./common/intl.js";
import { onThemeChange } from "./common/theme.js";
import { DelayChart, SECONDS } from "./compare/delay-chart.js";
import { Publisher, numberIn } from "./compare/publisher.js";
import { TransportRow } from "./compare/transport-row.js";
import { LongPolling, ServerSentEvents, ShortPolling, WebSocketTransport } from "./compare/transports.js";
import { SignInPanel } from "./sign-in/sign-in-panel.js";
import { TokenStore } from "./sign-in/token-store.js";
import { translate } from "./translations/compare.js";

/** The intervals of short polling that can be chosen. */
const INTERVALS = [100, 200, 500, 1000, 2000, 5000, 10_000];
const FIGURES_MILLIS = 250;
const CPU_MILLIS = 3000;
const RETRY_MILLIS = 3000;
/** The page pauses if nothing is changed for this long. */
const IDLE_MILLIS = 600_000;
/** How often the page is drawn while paused, in case its size or colours change. */
const PAUSED_DRAW_MILLIS = 250;
/** How many messages may be on their way; older ones are forgotten. */
const MAX_SENT = 2000;

class ComparePage {
  #room = `compare:${randomName()}`;
  #header = new Header("compare", translate);
  #transports = {
    short: new ShortPolling(this.#room),
    long: new LongPolling(this.#room),
    stream: new ServerSentEvents(this.#room),
    socket: new WebSocketTransport(this.#room),
  };
  #names = Object.keys(this.#transports);
  #rows = this.#names.map((name) => new TransportRow(name, this.#transports[name], byId("transports")));
  #chart = new DelayChart(byId("delays"), this.#names.length, {
    name: (strip) => translate(this.#names[strip]),
    time: (millis) => duration(millis),
    now: () => translate("now"),
  });
  #publisher = new Publisher(this.#room, {
    sent: (message, now) => this.#sent(message, now),
    answered: (error) => this.#answered(error),
  });
  #tokens = new TokenStore();
  #signIn = new SignInPanel(translate, this.#tokens, {
    renamed: () => this.#signedIn(),
    tokenChanged: () => this.#signedIn(),
    closed: () => {},
  });
  #cpuUsage = new CpuUsage();

  /** When each message on its way was sent, by its number. */
  #sentAt = new Map();
  #isRunning = false;
  /** Whether the user wants it to run. */
  #isWanted = true;
  #retryTimer = 0;
  /** How often it was started or stopped, so that an answer to an earlier start is known as such. */
  #changes = 0;
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
    this.#names.forEach((name, index) => {
      this.#transports[name].addEventListener("message", ({ detail }) => this.#received(index, detail));
    });
    this.#transports.socket.addEventListener("connection", ({ detail }) => {
      if (this.#isRunning) {
        this.#header.showConnection(detail);
      }
    });
    byId("btnPause").addEventListener("click", () => this.#togglePause());
    onSubmit("controls", () => {});
    byId("controls").addEventListener("input", ({ target }) => this.#settingChanged(target));
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#stop() : this.#run()));
  }

  /** Starts, if the user wants it and the page is visible. Tries again if the error is temporary. */
  async #run() {
    clearTimeout(this.#retryTimer);
    if (this.#isRunning || !this.#isWanted || document.hidden) {
      return;
    }
    this.#isRunning = true;
    const change = ++this.#changes;
    this.#header.showConnection({ state: "connecting" });
    try {
      const token = await this.#tokens.token();
      Object.values(this.#transports).forEach((transport) => (transport.token = token));
      this.#publisher.token = token;
      const position = await this.#publisher.publishFirst();
      if (change !== this.#changes) {
        return;
      }
      if (position === null) {
        this.#isRunning = false;
        this.#showNotice({ key: "noLog", values: { room: this.#room } });
        this.#header.showConnection({ state: "closed" });
        return;
      }
      this.#signIn.require(null);
      this.#showNotice(null);
      this.#reset();
      Object.values(this.#transports).forEach((transport) => transport.start(position));
      this.#publisher.start(Number(byId("rngRate").value));
    } catch (error) {
      if (change === this.#changes) {
        this.#notStarted(error);
      }
    }
  }

  #signedIn() {
    this.#stop();
    this.#run();
  }

  #notStarted(error) {
    this.#isRunning = false;
    this.#answered(error);
    if (error.status === 401) {
      return;
    }
    if (error.isTemporary) {
      this.#retryTimer = setTimeout(() => this.#run(), RETRY_MILLIS);
      this.#header.showConnection({ state: "waiting", retryAt: performance.now() + RETRY_MILLIS });
    } else {
      this.#header.showConnection({ state: "closed" });
    }
  }

  #stop() {
    clearTimeout(this.#retryTimer);
    this.#changes++;
    this.#isRunning = false;
    this.#publisher.stop();
    Object.values(this.#transports).forEach((transport) => transport.stop());
    this.#header.showConnection({ state: "paused" });
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
    } else if (this.#isRunning) {
      this.#publisher.start(Number(input.value));
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

  #received(index, text) {
    const now = performance.now();
    const message = numberIn(text);
    const sentAt = this.#sentAt.get(message);
    if (sentAt !== undefined) {
      this.#transports[this.#names[index]].statistics.addDelay(now - sentAt);
      this.#chart.add(index, sentAt, now - sentAt);
      this.#rows[index].received(message, now);
    }
  }

  #answered(error) {
    if (error) {
      const refused = { key: "refused", values: { room: this.#room, reason: error.message } };
      this.#showNotice(error.status === 0 ? { key: "unreachable" } : refused);
    } else if (this.#notice) {
      this.#showNotice(null);
    }
    if (error?.status === 401) {
      this.#unauthorized();
    }
  }

  /** Asks the user to sign in, unless only the rule of this room forbids to publish: then the notice says so. */
  async #unauthorized() {
    this.#stop();
    this.#header.showConnection({ state: "closed" });
    const change = this.#changes;
    const isNeeded = this.#tokens.isSent || !(await isAnonymousServed());
    if (isNeeded && change === this.#changes) {
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
    if (this.#isRunning) {
      this.#cpu = await this.#cpuUsage.measure();
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
    if (this.#isRunning) {
      this.#drawnTime = now;
    }
    this.#chart.draw(this.#drawnTime, this.#style);
    const next = () => requestAnimationFrame((time) => this.#draw(time));
    if (this.#isRunning) {
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
function isAnonymousServed() {
  const answered = requestJson("./rooms?limit=1", { cache: "no-store" });
  return answered.then(() => true, ({ status }) => status !== 401);
}

function randomName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(6)), (one) => one.toString(36)).join("");
}

new ComparePage().start();
