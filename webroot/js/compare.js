/** The comparison: sends messages into a room of its own and hears them in four ways. */

import { Cpu } from "./compare/cpu.js";
import { Delays, SECONDS } from "./compare/delay-chart.js";
import { LaneView, rounded } from "./compare/lane-view.js";
import { Events, LongPolling, ShortPolling, Socket } from "./compare/transports.js";
import { Sender, numberOf } from "./compare/publisher.js";
import { frame, showConnection } from "./common/header.js";
import { say, spoken, whenSpoken, write } from "./common/i18n.js";
import { whenPainted } from "./common/theme.js";
import { bytes, duration, number } from "./common/format.js";
import { colours } from "./common/canvas.js";
import words from "./translations/compare.js";

const INTERVALS = [100, 200, 500, 1000, 2000, 5000, 10_000];
const FIGURES_MILLIS = 250;
const CPU_MILLIS = 3000;
const AGAIN_MILLIS = 3000;
/** Who looks away for so long is not sent anything more. */
const IDLE_MILLIS = 600_000;
/** While nothing moves, what a new size or other colours changed is drawn after this long. */
const PAUSED_MILLIS = 250;
/** Messages that were not heard by then are forgotten. */
const MOST_ON_THEIR_WAY = 2000;

const at = (id) => document.getElementById(id);
const room = `compare:${Array.from(crypto.getRandomValues(new Uint8Array(6)), (one) => one.toString(36)).join("")}`;
const lanes = {
  short: new ShortPolling(room),
  long: new LongPolling(room),
  stream: new Events(room),
  socket: new Socket(room),
};
const names = Object.keys(lanes);
const sentAt = new Map();
const cpu = new Cpu();
const sender = new Sender(room, onSent, onOutcome);

let running = false;
let wanted = true;
let notice = null;
let socketOpen = false;
let busy = null;
let idleSince = performance.now();
let ink = {};
let moment = performance.now();

frame("compare", words);
const views = names.map((name) => new LaneView(name, lanes[name], at("lanes")));
const delays = new Delays(at("delays"), names.length, {
  name: (strip) => say(names[strip]),
  time: (millis) => duration(spoken(), millis),
  now: () => say("now"),
});
write(at("lanes"));

function onSent(message, now) {
  sentAt.set(message, now);
  if (sentAt.size > MOST_ON_THEIR_WAY) {
    sentAt.delete(sentAt.keys().next().value);
  }
  views.forEach(({ track }) => track.sent(message));
}

function onHeard(index, text) {
  const now = performance.now();
  const message = numberOf(text);
  const sent = sentAt.get(message);
  if (sent !== undefined) {
    lanes[names[index]].tally.heard(now - sent);
    delays.add(index, sent, now - sent);
    views[index].track.heard(message, now);
  }
}

function onOutcome(problem) {
  if (problem) {
    const refused = { key: "refused", values: { room, reason: problem.message } };
    show(problem instanceof TypeError ? { key: "unreachable" } : refused);
  } else if (notice) {
    show(null);
  }
}

function show(next) {
  notice = next;
  at("notice").hidden = notice === null;
  at("notice").textContent = notice ? say(notice.key, notice.values) : "";
}

/** Begins, or goes on; where that is impossible now, later. */
async function begin() {
  if (running || !wanted || document.hidden) {
    return;
  }
  running = true;
  try {
    const position = await sender.first();
    if (position === null) {
      show({ key: "noLog", values: { room } });
      return;
    }
    show(null);
    clear();
    Object.values(lanes).forEach((lane) => lane.start(position));
    sender.start(Number(at("rngRate").value));
  } catch (problem) {
    running = false;
    onOutcome(problem);
    if (problem instanceof TypeError) {
      setTimeout(begin, AGAIN_MILLIS);
    }
  }
}

function end() {
  if (running) {
    running = false;
    sender.stop();
    Object.values(lanes).forEach((lane) => lane.stop());
    showState();
  }
}

/** Figures of other settings do not belong to these. */
function clear() {
  sentAt.clear();
  delays.clear();
  Object.values(lanes).forEach((lane) => lane.reset());
  views.forEach(({ track }) => track.clear());
}

function showSettings() {
  const language = spoken();
  const count = number(language, at("rngRate").value);
  at("outRate").textContent = say("perSecond", { count });
  at("rngRate").setAttribute("aria-valuetext", at("outRate").textContent);
  at("outInterval").textContent = duration(language, INTERVALS[at("rngInterval").value]);
  at("rngInterval").setAttribute("aria-valuetext", at("outInterval").textContent);
  at("btnPause").textContent = say(wanted ? "pause" : "resume");
}

function showFigures() {
  views.forEach((view) => view.write());
  at("sees").textContent = sentences();
  if (wanted && performance.now() - idleSince > IDLE_MILLIS) {
    pause();
    show({ key: "stopped" });
  }
}

async function askCpu() {
  if (running) {
    busy = await cpu.ask();
    showCpu();
  }
}

function showCpu() {
  const language = spoken();
  at("cpu").textContent = busy === null ? "" : say("cpu", { part: number(language, busy * 100) });
}

/** What one sees, in two sentences. */
function sentences() {
  const language = spoken();
  const [short, long, , socket] = names.map((name) => lanes[name].tally);
  if ([short, long, socket].some(({ messages }) => messages === 0)) {
    return say("seesSoon");
  }
  const first = say("sees1", {
    interval: duration(language, INTERVALS[at("rngInterval").value]),
    empty: number(language, short.empty),
    requests: number(language, short.requests),
    delay: duration(language, rounded(short.mean())),
  });
  const second = say("sees2", {
    socket: duration(language, rounded(socket.mean())),
    socketBytes: bytes(language, Math.round(socket.bytesEach())),
    longBytes: bytes(language, Math.round(long.bytesEach())),
  });
  return language === "zh" ? first + second : `${first} ${second}`;
}

function pause() {
  wanted = !wanted;
  idleSince = performance.now();
  showSettings();
  if (wanted) {
    begin();
  } else {
    end();
  }
}

function showState() {
  const state = socketOpen ? "live" : running ? "connecting" : "paused";
  showConnection({ state });
}

function draw(now) {
  views.forEach(({ track }) => track.draw(now, ink));
  if (running) {
    moment = now;
  }
  delays.draw(moment, ink);
  if (running) {
    requestAnimationFrame(draw);
  } else {
    setTimeout(() => requestAnimationFrame(draw), PAUSED_MILLIS);
  }
}

function listen() {
  names.forEach((name, index) => {
    lanes[name].addEventListener("heard", ({ detail }) => onHeard(index, detail));
  });
  lanes.socket.addEventListener("open", ({ detail }) => {
    socketOpen = detail;
    showState();
  });
  at("btnPause").addEventListener("click", pause);
  at("controls").addEventListener("submit", (event) => event.preventDefault());
  at("controls").addEventListener("input", ({ target }) => {
    idleSince = performance.now();
    showSettings();
    clear();
    if (target.id === "rngInterval") {
      lanes.short.every(INTERVALS[target.value]);
    } else if (running) {
      sender.start(Number(target.value));
    }
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? end() : begin()));
}

whenPainted(() => {
  const [message, question, line, text] = colours(["--accent", "--information", "--line", "--dim"]);
  ink = { message, question, line, text, font: `12px ${getComputedStyle(document.body).fontFamily}` };
});
whenSpoken(() => {
  document.title = say("title");
  at("delays").setAttribute("aria-label", say("chart", { seconds: SECONDS }));
  show(notice);
  showSettings();
  showFigures();
  showCpu();
});
listen();
setInterval(showFigures, FIGURES_MILLIS);
setInterval(askCpu, CPU_MILLIS);
requestAnimationFrame(draw);
begin();
