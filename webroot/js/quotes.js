/** The page of live quotes: a table of all symbols and a chart of the chosen one. */

import { Client } from "./client/client.js";
import { tokenColours } from "./common/canvas.js";
import { ConnectionBanner } from "./common/connection-banner.js";
import { byId, setText } from "./common/dom.js";
import { bytes, clockTime, percent, percentChange } from "./common/format.js";
import { Header } from "./common/header.js";
import { socketUrl } from "./common/http.js";
import { onLanguageChange } from "./common/i18n.js";
import { NONE, number } from "./common/intl.js";
import { ownNodes } from "./common/own-nodes.js";
import { onThemeChange } from "./common/theme.js";
import { Feed, MAX_ROOMS } from "./quotes/feed.js";
import { PriceChart } from "./quotes/price-chart.js";
import { QuoteTable, chartDescription, directionOf } from "./quotes/quote-table.js";
import { Rate } from "./quotes/rate.js";
import { SlowReading } from "./quotes/slow-reading.js";
import { SignInPanel, signInReason } from "./sign-in/sign-in-panel.js";
import { TokenStore } from "./sign-in/token-store.js";
import { translate } from "./translations/quotes.js";

const FIGURES_MILLIS = 500;
const DESCRIPTION_MILLIS = 5000;

const RULES = { latest: "setLatest", skip: "setSkip", disconnect: "setDisconnect" };

class QuotesPage {
  #header = new Header("quotes", translate);
  #tokens = new TokenStore();
  #client = new Client(socketUrl("./connection/websocket").href, {
    name: this.#tokens.name,
    getToken: (request) => this.#tokens.token(request),
    nodes: ownNodes(),
  });
  #signIn = new SignInPanel(translate, this.#tokens, {
    renamed: (name) => this.#signedIn(name),
    tokenChanged: () => this.#signedIn(this.#tokens.name),
    closed: () => {},
  });
  #feed = new Feed(this.#client, () => this.#tokens.headers(), (quote) => this.#updated(quote));
  #table = new QuoteTable(byId("symbols"), (quote) => this.#choose(quote));
  #chart = new PriceChart(byId("chart"), () => this.#pointed());
  #slowReading = new SlowReading(this.#client, () => this.#feed.skipped);
  #updates = new Rate();
  #frames = new Rate();
  #frameCount = 0;
  #perSecond = { updates: 0, frames: 0 };
  #isDrawing = false;
  #lineColour = "";
  #chosen = null;
  /** The clock at the pause; `null` if not paused. Updates are held back and nothing moves meanwhile. */
  #pausedAt = null;
  /** What is shown instead of the chart while there are no quotes, `{key, values}`. */
  #status = { key: "loading" };
  /** Whether the connection was lost or closed, and is not back. */
  #isAway = false;
  /** The settings of the rooms, `{more, slowConsumer}`; `null` if not known. */
  #settings = null;
  /** How far the publisher's clock is behind this one at most, in milliseconds. */
  #clockDifference = Infinity;

  start() {
    new ConnectionBanner(this.#client, translate);
    this.#client.addEventListener("state", ({ detail }) => this.#stateChanged(detail));
    this.#feed.addEventListener("rooms", ({ detail }) => this.#roomsRead(detail));
    this.#feed.addEventListener("symbols", () => this.#symbolsAdded());
    byId("btnPause").addEventListener("click", () => this.#togglePause());
    onThemeChange(() => {
      [this.#lineColour] = tokenColours(["--accent"]);
      this.#chart.repaint();
      this.#redraw();
    });
    onLanguageChange(() => this.#drawTexts());
    setInterval(() => this.#measure(), FIGURES_MILLIS);
    setInterval(() => this.#pausedAt ?? this.#describeChart(), DESCRIPTION_MILLIS);
    this.#startDrawing();
    this.#client.connect();
    this.#feed.start();
  }

  #stateChanged(detail) {
    const reason = signInReason(detail.state === "closed" ? detail : null, null, this.#tokens.isSent);
    this.#signIn.require(reason);
    this.#header.showConnection(reason === null ? detail : { state: "signedOut" });
    if (reason !== null) {
      this.#feed.stop(); // Its requests would be refused, too.
    }
    if (detail.state === "waiting" || detail.state === "closed") {
      this.#isAway = true;
    } else if (detail.state === "live" && this.#isAway) {
      this.#isAway = false;
      this.#status = { key: "loading" };
      this.#feed.start();
    }
    this.#drawStatus();
  }

  #signedIn(name) {
    this.#client.rename(name);
    this.#client.reconnect();
    this.#feed.rejoin();
  }

  /** The publisher's clock, which stands still while paused. */
  get #clock() {
    return this.#pausedAt ?? Date.now() - (Number.isFinite(this.#clockDifference) ? this.#clockDifference : 0);
  }

  #updated(quote) {
    this.#table.mark(quote);
    if (quote.length > 0) {
      this.#clockDifference = Math.min(this.#clockDifference, Date.now() - quote.newest);
    }
  }

  #roomsRead({ error, ...settings }) {
    if (error) {
      const key = error.status === 0 ? "unreachable" : "refused";
      this.#status = { key, values: { reason: error.message } };
    } else {
      this.#settings = settings;
      this.#status = { key: "none" };
    }
    this.#drawStatus();
  }

  #symbolsAdded() {
    const quotes = [...this.#feed.quotes.values()];
    this.#table.add(quotes);
    this.#drawStatus();
    if (this.#chosen) {
      this.#table.choose(this.#chosen);
    } else {
      this.#choose(quotes.sort((a, b) => (a.symbol < b.symbol ? -1 : 1))[0]);
    }
  }

  #choose(quote) {
    this.#chosen = quote;
    this.#feed.fill(quote);
    this.#table.choose(quote);
    this.#redraw();
    this.#describeChart();
  }

  #togglePause() {
    if (this.#pausedAt === null) {
      this.#pausedAt = this.#clock;
      this.#feed.pause();
      this.#draw(performance.now(), true);
      this.#table.endFlashes();
    } else {
      this.#pausedAt = null;
      this.#feed.resume();
      [this.#updates, this.#frames].forEach((rate) => rate.reset());
      this.#table.resetRates();
      this.#startDrawing();
    }
    this.#drawButtons();
    this.#drawFigures();
  }

  /** Draws once a frame, until paused. */
  #startDrawing() {
    if (!this.#isDrawing) {
      this.#isDrawing = true;
      requestAnimationFrame((now) => this.#frame(now));
    }
  }

  #frame(now) {
    this.#isDrawing = false;
    if (this.#pausedAt === null) {
      this.#frameCount++;
      this.#draw(now, false);
      this.#startDrawing();
    }
  }

  #draw(now, all) {
    this.#table.draw(now, this.#clock, this.#lineColour, all);
    if (this.#chosen) {
      this.#chart.draw(this.#chosen, this.#clock);
      this.#drawChosen();
      this.#drawPointed();
    }
  }

  /** Draws everything again: now if paused, else with the next frames. */
  #redraw() {
    this.#table.markAll();
    if (this.#pausedAt !== null) {
      this.#draw(performance.now(), true);
    }
  }

  /** The user points at another time of the chart. */
  #pointed() {
    if (this.#chosen && this.#pausedAt !== null) {
      this.#chart.draw(this.#chosen, this.#clock);
    }
    this.#drawPointed();
    const { time, price } = this.#chart.chosen ?? {};
    const text = price === undefined ? "" : `${clockTime(time)}, ${number(price, 2)}`;
    byId("chart").setAttribute("aria-valuetext", text);
    byId("chart").setAttribute("aria-valuenow", String(text ? Math.round((time - this.#clock) / 1000) : 0));
  }

  #drawPointed() {
    const { time, price } = this.#chart.chosen ?? {};
    setText(byId("pointed"), price === undefined ? "" : `${clockTime(time)} · ${number(price, 2)}`);
  }

  #drawChosen() {
    const { symbol = "", price = null, change = null } = this.#chosen ?? {};
    byId("symbol").textContent = symbol;
    byId("price").textContent = price === null ? NONE : number(price, 2);
    byId("change").textContent = change === null ? "" : percentChange(change);
    byId("change").dataset.direction = directionOf(change);
    const { low = null, high = null } = this.#chosen ?? {};
    const range = { low: number(low, 2), high: number(high, 2) };
    setText(byId("range"), low === null || high === null ? "" : translate("range", range));
  }

  /** Describes the chart, but not while it has the focus: screen readers would read it again and again. */
  #describeChart() {
    const chart = byId("chart");
    if (chart !== document.activeElement) {
      const label = this.#chosen ? chartDescription(this.#chosen, this.#clock) : translate("chartLabel");
      chart.setAttribute("aria-label", label);
    }
  }

  #measure() {
    if (this.#pausedAt === null) {
      const now = performance.now();
      this.#perSecond.updates = this.#updates.update(now, this.#feed.received);
      this.#perSecond.frames = this.#frames.update(now, this.#frameCount);
      this.#table.measure(now);
    }
    this.#drawFigures();
  }

  #drawFigures() {
    const isPaused = this.#pausedAt !== null;
    setText(byId("updates"), number(this.#perSecond.updates));
    setText(byId("frames"), number(isPaused ? 0 : this.#perSecond.frames));
    setText(byId("conflated"), number(this.#feed.conflated));
    setText(byId("count"), number(this.#feed.quotes.size));
    const { sent, complete } = this.#feed.deltaBytes;
    const saved = complete - sent;
    setText(byId("saved"), complete > 0 ? `${bytes(saved)} (${percent(saved / complete)})` : NONE);
    this.#table.drawRates();
    setText(byId("pausedNote"), isPaused ? translate("notShown", { count: number(this.#feed.held) }) : "");
  }

  /** What is shown instead of the chart, `{key, values}`; `null` for nothing. */
  get #shownStatus() {
    if (this.#feed.quotes.size > 0) {
      return null;
    }
    if (this.#signIn.reason !== null) {
      return { key: "signInFirst" };
    }
    return this.#isAway ? { key: "unreachable" } : this.#status;
  }

  #drawStatus() {
    const status = this.#shownStatus;
    byId("status").hidden = status === null;
    byId("chart").inert = status !== null;
    byId("statusText").textContent = status ? translate(status.key, status.values) : "";
    byId("example").hidden = status?.key !== "none";
    byId("example").textContent = [
      "java -jar stentor.jar --demo",
      `curl ${new URL("./rooms/quotes:ACME/messages", location.href)} -H 'Content-Type: application/json' -d '{"price":12.5}'`,
    ].join("\n");
    const more = this.#settings?.more ? ` ${translate("more", { count: MAX_ROOMS })}` : "";
    const rule = RULES[this.#settings?.slowConsumer];
    byId("settings").textContent = rule ? translate(rule) + more : "";
  }

  #drawButtons() {
    byId("btnPause").textContent = translate(this.#pausedAt === null ? "pause" : "resume");
    this.#slowReading.draw();
  }

  #drawTexts() {
    document.title = translate("title");
    this.#signIn.draw();
    this.#chart.repaint();
    this.#redraw();
    this.#drawButtons();
    this.#drawStatus();
    this.#drawFigures();
    this.#describeChart();
  }
}

new QuotesPage().start();
