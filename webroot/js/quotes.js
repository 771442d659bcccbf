/** The page of live quotes: a table of all symbols and a chart of the chosen one. */

import { Client } from "./client/client.js";
import { tokenColours } from "./common/canvas.js";
import { byId } from "./common/dom.js";
import { percentChange } from "./common/format.js";
import { Header } from "./common/header.js";
import { socketUrl } from "./common/http.js";
import { onLanguageChange } from "./common/i18n.js";
import { NONE, number } from "./common/intl.js";
import { onThemeChange } from "./common/theme.js";
import { Feed, MAX_ROOMS } from "./quotes/feed.js";
import { CHART_SECONDS, PriceChart } from "./quotes/price-chart.js";
import { QuoteTable, chartDescription, directionOf } from "./quotes/quote-table.js";
import { Rate } from "./quotes/rate.js";
import { translate } from "./translations/quotes.js";

const FIGURES_MILLIS = 500;
const DESCRIPTION_MILLIS = 5000;

const RULES = { latest: "setLatest", skip: "setSkip", disconnect: "setDisconnect" };

class QuotesPage {
  #header = new Header("quotes", translate);
  #client = new Client(socketUrl("./connection/websocket").href);
  #feed = new Feed(this.#client, (quote) => this.#updated(quote));
  #table = new QuoteTable(byId("symbols"), (quote) => this.#choose(quote));
  #chart = new PriceChart(byId("chart"));
  #updates = new Rate();
  #frames = new Rate();
  #frameCount = 0;
  #lineColour = "";
  #chosen = null;
  /** The clock and the number of updates at the pause, `{clock, received}`; `null` if not paused. */
  #paused = null;
  /** What is shown instead of the chart, `{key, values}`; `null` for nothing. */
  #status = { key: "loading" };
  /** The settings of the rooms, `{more, slowConsumer}`; `null` if not known. */
  #settings = null;
  /** How far the publisher's clock is behind this one at most, in milliseconds. */
  #clockDifference = Infinity;

  start() {
    this.#client.addEventListener("state", ({ detail }) => this.#header.showConnection(detail));
    this.#feed.addEventListener("rooms", ({ detail }) => this.#roomsRead(detail));
    this.#feed.addEventListener("symbols", () => this.#symbolsAdded());
    byId("btnPause").addEventListener("click", () => this.#togglePause());
    onThemeChange(() => {
      [this.#lineColour] = tokenColours(["--accent"]);
      this.#chart.repaint();
      this.#table.markAll();
    });
    onLanguageChange(() => this.#drawTexts());
    setInterval(() => this.#drawFigures(), FIGURES_MILLIS);
    setInterval(() => this.#describeChart(), DESCRIPTION_MILLIS);
    requestAnimationFrame((now) => this.#draw(now));
    this.#client.connect();
    this.#feed.start();
  }

  /** The publisher's clock. */
  get #clock() {
    return Date.now() - (Number.isFinite(this.#clockDifference) ? this.#clockDifference : 0);
  }

  #updated(quote) {
    this.#table.mark(quote);
    if (quote.length > 0) {
      this.#clockDifference = Math.min(this.#clockDifference, Date.now() - quote.newest);
    }
  }

  #roomsRead({ error, ...settings }) {
    const hasQuotes = this.#feed.quotes.size > 0;
    if (error) {
      const key = error.status === 0 ? "unreachable" : "refused";
      this.#status = hasQuotes ? null : { key, values: { reason: error.message } };
    } else {
      this.#settings = settings;
      this.#status = hasQuotes ? null : { key: "none" };
    }
    this.#drawStatus();
  }

  #symbolsAdded() {
    const quotes = [...this.#feed.quotes.values()];
    this.#table.add(quotes);
    this.#status = null;
    this.#drawStatus();
    if (this.#chosen) {
      this.#table.choose(this.#chosen);
    } else {
      this.#choose(quotes.sort((a, b) => (a.symbol < b.symbol ? -1 : 1))[0]);
    }
  }

  #choose(quote) {
    this.#chosen = quote;
    this.#table.choose(quote);
    this.#drawChosen();
    this.#describeChart();
  }

  #togglePause() {
    this.#paused = this.#paused ? null : { clock: this.#clock, received: this.#feed.received };
    this.#table.markAll();
    this.#drawButton();
    this.#drawFigures();
  }

  #draw(now) {
    this.#frameCount++;
    if (!this.#paused) {
      this.#table.draw(now, this.#clock, this.#lineColour);
      if (this.#chosen) {
        this.#chart.draw(this.#chosen, this.#clock);
        this.#drawChosen();
      }
    }
    requestAnimationFrame((time) => this.#draw(time));
  }

  #drawChosen() {
    const { symbol = "", price = null, change = null } = this.#chosen ?? {};
    byId("symbol").textContent = symbol;
    byId("price").textContent = price === null ? NONE : number(price, 2);
    byId("change").textContent = change === null ? "" : percentChange(change);
    byId("change").dataset.direction = directionOf(change);
  }

  #describeChart() {
    if (this.#chosen) {
      byId("chart").setAttribute("aria-label", chartDescription(this.#chosen, this.#clock, CHART_SECONDS));
    }
  }

  #drawFigures() {
    const now = performance.now();
    byId("updates").textContent = number(this.#updates.update(now, this.#feed.received));
    byId("frames").textContent = number(this.#frames.update(now, this.#frameCount));
    byId("conflated").textContent = number(this.#feed.conflated);
    byId("count").textContent = number(this.#feed.quotes.size);
    this.#table.drawRates(now);
    const missed = this.#paused ? number(this.#feed.received - this.#paused.received) : "";
    byId("pausedNote").textContent = this.#paused ? translate("notShown", { count: missed }) : "";
  }

  #drawStatus() {
    const status = this.#status;
    byId("status").hidden = status === null;
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

  #drawButton() {
    byId("btnPause").textContent = translate(this.#paused ? "resume" : "pause");
  }

  #drawTexts() {
    document.title = translate("title");
    this.#chart.repaint();
    this.#table.markAll();
    this.#drawButton();
    this.#drawStatus();
    this.#drawFigures();
    this.#describeChart();
  }
}

new QuotesPage().start();
