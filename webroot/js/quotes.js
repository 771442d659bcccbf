/** The live quotes: a table of all symbols and a chart of the chosen one, drawn once a frame. */

import { Client } from "./client/client.js";
import { frame, showConnection } from "./common/header.js";
import { say, spoken, whenSpoken } from "./common/i18n.js";
import { whenPainted } from "./common/theme.js";
import { change, number } from "./common/format.js";
import { colours } from "./common/canvas.js";
import { Feed, MOST_ROOMS } from "./quotes/feed.js";
import { CHART_SECONDS, PriceChart } from "./quotes/price-chart.js";
import { Rate } from "./quotes/rate.js";
import { Table, described } from "./quotes/quote-table.js";
import words from "./translations/quotes.js";

const FIGURES_MILLIS = 500;
const DESCRIBED_MILLIS = 5000;

const at = (id) => document.getElementById(id);
const address = new URL("./connection/websocket", location.href);
address.protocol = address.protocol === "https:" ? "wss:" : "ws:";

const client = new Client(address.href);
const feed = new Feed(client, onQuote);
const table = new Table(at("symbols"), choose);
const chart = new PriceChart(at("chart"));
const updates = new Rate();
const frames = new Rate();

let chosen = null;
let paused = false;
let pausedAt = { clock: 0, heard: 0 };
let frameCount = 0;
let lineColour = "";
let status = { key: "looking" };
let settings = null;
/** How far the publisher's clock is behind this one, as far as its messages tell. */
let behind = Infinity;

function onQuote(quote) {
  table.mark(quote);
  if (quote.length > 0) {
    behind = Math.min(behind, Date.now() - quote.newest);
  }
}

function clock() {
  return Date.now() - (Number.isFinite(behind) ? behind : 0);
}

function choose(quote) {
  chosen = quote;
  table.choose(quote);
  showChosen();
  showDescription();
}

function draw(now) {
  frameCount++;
  const moment = paused ? pausedAt.clock : clock();
  if (!paused) {
    table.draw(now, moment, lineColour);
    if (chosen) {
      chart.draw(chosen, moment);
      showChosen();
    }
  }
  requestAnimationFrame(draw);
}

function showChosen() {
  at("symbol").textContent = chosen?.symbol ?? "";
  at("price").textContent = chosen?.price == null ? "–" : number(spoken(), chosen.price, 2);
  const part = chosen?.change ?? null;
  at("change").textContent = part === null ? "" : change(spoken(), part);
  at("change").dataset.way = part ? (part > 0 ? "up" : "down") : "";
}

function showDescription() {
  if (chosen) {
    at("chart").setAttribute("aria-label", described(chosen, clock(), CHART_SECONDS));
  }
}

function showFigures() {
  const now = performance.now();
  const language = spoken();
  at("updates").textContent = number(language, updates.at(now, feed.heard));
  at("frames").textContent = number(language, frames.at(now, frameCount));
  at("conflated").textContent = number(language, feed.conflated);
  at("count").textContent = number(language, feed.quotes.size);
  table.writeRates(now);
  at("pausedNote").textContent = paused ? say("notShown", { count: number(language, feed.heard - pausedAt.heard) }) : "";
}

function showStatus() {
  at("status").hidden = status === null;
  at("statusText").textContent = status ? say(status.key, status.values) : "";
  at("example").hidden = status?.key !== "none";
  at("example").textContent = [
    "java -jar stentor.jar --demo",
    `curl ${new URL("./rooms/quotes:ACME/messages", location.href)} -H 'Content-Type: application/json' -d '{"price":12.5}'`,
  ].join("\n");
  const many = settings?.more ? ` ${say("more", { count: MOST_ROOMS })}` : "";
  const rule = { latest: "setLatest", skip: "setSkip", disconnect: "setDisconnect" }[settings?.slowConsumer];
  at("settings").textContent = rule ? say(rule) + many : "";
}

function onRooms({ detail }) {
  const { problem, ...found } = detail;
  if (problem) {
    const key = problem instanceof TypeError ? "unreachable" : "refused";
    status = feed.quotes.size > 0 ? null : { key, values: { reason: problem.message } };
  } else {
    settings = found;
    status = feed.quotes.size > 0 ? null : { key: "none" };
  }
  showStatus();
}

function onSymbols() {
  table.add(feed.quotes.values());
  status = null;
  showStatus();
  if (!chosen) {
    choose([...feed.quotes.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1))[0]);
  } else {
    table.choose(chosen);
  }
}

function pause() {
  paused = !paused;
  pausedAt = { clock: clock(), heard: feed.heard };
  table.markAll();
  showPause();
  showFigures();
}

function showPause() {
  at("btnPause").textContent = say(paused ? "resume" : "pause");
}

frame("quotes", words);
client.addEventListener("state", ({ detail }) => showConnection(detail));
feed.addEventListener("rooms", onRooms);
feed.addEventListener("symbols", onSymbols);
at("btnPause").addEventListener("click", pause);
whenPainted(() => {
  [lineColour] = colours(["--accent"]);
  chart.repaint();
  table.markAll();
});
whenSpoken(() => {
  document.title = say("title");
  chart.repaint();
  table.markAll();
  showPause();
  showStatus();
  showFigures();
  showDescription();
});
setInterval(showFigures, FIGURES_MILLIS);
setInterval(showDescription, DESCRIBED_MILLIS);
requestAnimationFrame(draw);
client.connect();
feed.look();
