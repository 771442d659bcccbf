/** The console: lets in who has an admin key, and shows what the nodes say of themselves, once a second. */

import { Api } from "./console/admin-api.js";
import { disconnect } from "./console/disconnect.js";
import { Cluster } from "./console/cluster.js";
import { put } from "./common/dom.js";
import { Nodes } from "./console/node-cards.js";
import { RoomTable, sortable } from "./console/room-table.js";
import { RoomView, tell } from "./console/room-view.js";
import { Stream } from "./console/event-stream.js";
import { Tiles, spanned } from "./console/tiles.js";
import { clockTime } from "./console/written.js";
import { frame, showConnection } from "./common/header.js";
import { rememberHere, rememberedHere } from "./common/storage.js";
import { say, whenSpoken } from "./common/i18n.js";
import { whenPainted } from "./common/theme.js";
import words from "./translations/console.js";

/** The room of the nodes, from as far back as its log goes. */
const FIGURES = "./rooms/.stentor/events?last=10000";

const DRAW_MILLIS = 1000;

/** Figures that are older are said to be old. */
const OLD_MILLIS = 4000;

/** So long it takes at most until the page is shown, filled or not. */
const PATIENCE_MILLIS = 2500;

/** Where the key is kept: as long as this tab is open, and nowhere else. */
const KEY = "console.key";

const at = (id) => document.getElementById(id);

let cluster = new Cluster();
let api = null;
let stream = null;
let live = false;
let problem = null;
let looked = null;
let rooms = null;
let opening = 0;
let pointed = "";
const tiles = new Tiles(at("tiles"), (moment) => {
  pointed = moment;
  showMoment();
});
const nodes = new Nodes(at("nodes"), draw);
const view = new RoomView();
const showSorted = sortable(at("roomTable"), () => rooms);

function enter(key) {
  api = new Api(key);
  cluster = new Cluster();
  problem = null;
  looked = null;
  stream = new Stream(FIGURES, api.headers());
  stream.addEventListener("state", ({ detail }) => {
    live = detail.state === "live";
    showConnection(detail);
    if (live && !rememberedHere(KEY, "")) {
      rememberHere(KEY, key);
    }
    if (live && rooms === null) {
      begin();
    }
    draw();
  });
  stream.addEventListener("heard", ({ detail }) => {
    cluster.take(detail, performance.now());
    show();
  });
  stream.addEventListener("refused", ({ detail }) => leave(detail));
  at("state").hidden = false;
  at("btnEnter").disabled = true;
  stream.open();
}

/** The key is good: what else is wanted is asked for. */
function begin() {
  rooms = new RoomTable(at("rooms"), api, (room) => view.open(api, room), onLooked);
  rooms.search(at("txtSearch").value);
  showSorted();
  opening = setTimeout(show, PATIENCE_MILLIS, true);
}

/** Opens the page when there is something to fill it with, or when that takes too long. */
function show(now = false) {
  if (stream && at("desk").hidden && (now || (cluster.newest > 0 && looked !== null))) {
    clearTimeout(opening);
    at("door").hidden = true;
    at("desk").hidden = false;
    at("btnLeave").hidden = false;
    draw();
  }
}

/** Forgets the key; `refused` is why the server wanted that, if it did. */
function leave(refused = null) {
  clearTimeout(opening);
  stream?.close();
  stream = null;
  live = false;
  rememberHere(KEY, null);
  rooms?.close();
  rooms = null;
  view.close();
  problem = refused;
  at("desk").hidden = true;
  at("door").hidden = false;
  at("btnLeave").hidden = true;
  at("btnEnter").disabled = false;
  at("state").hidden = true;
  at("txtKey").value = "";
  at("txtKey").focus();
  showProblem();
  draw();
}

function showProblem() {
  const known = { 401: "keyUnknown", 403: "keyNotAdmin" }[problem?.status];
  put(at("doorError"), problem === null ? "" : known ? say(known) : say("refused", { reason: problem.message }));
}

function onLooked(answer) {
  looked = answer;
  showLooked();
  show();
}

function showLooked() {
  const text = () => {
    if (looked === null) {
      return say("looking");
    }
    if (looked.problem) {
      return looked.problem.status === 0 ? say("unreachable") : say("refused", { reason: looked.problem.message });
    }
    if (rooms === null || rooms.size === 0) {
      return say(at("txtSearch").value ? "roomsNotFound" : "roomsNone");
    }
    return looked.more ? say("roomsMore", { count: rooms.size }) : say("roomsAll", { count: rooms.size });
  };
  put(at("roomsNote"), text());
}

function draw() {
  if (document.hidden) {
    return;
  }
  if (at("desk").hidden) {
    put(at("summary"), stream && at("door").hidden ? say("waitingForFigures") : "");
    return;
  }
  const now = performance.now();
  const clock = cluster.clock(now, live);
  const silence = cluster.silence(now);
  tiles.draw(cluster, clock, nodes.chosen);
  nodes.draw(cluster, clock);
  const old = silence > OLD_MILLIS || !live;
  at("summary").dataset.old = String(old);
  put(at("summary"), summary(clock, old));
  put(at("scope"), nodes.chosen ? say("scopeOne", { node: nodes.chosen }) : say("scopeAll"));
  at("nodesNote").hidden = cluster.newest > 0;
  showMoment();
}

/** The time under the pointer, or how far back plots go. */
function showMoment() {
  const time = spanned(cluster.span(cluster.clock(performance.now(), live)));
  put(at("moment"), pointed || say("lastTime", { time }));
}

function summary(clock, old) {
  if (cluster.newest === 0) {
    return say("waitingForFigures");
  }
  if (old) {
    return say("frozen", { time: clockTime(cluster.newest) });
  }
  const states = cluster.nodes(clock).map((node) => node.state(clock));
  const nodes = states.filter((state) => state !== "stopped").length;
  return say("summary", { nodes, ready: states.filter((state) => state === "ready").length });
}

function showWords() {
  document.title = say("title");
  at("txtSearch").placeholder = say("searchHint");
  at("txtUser").placeholder = say("userHint");
  showProblem();
  showLooked();
  showSorted();
  rooms?.write();
  tiles.renew();
  draw();
}

frame("admin", words);
at("state").hidden = true;
at("frmKey").addEventListener("submit", (event) => {
  event.preventDefault();
  const key = at("txtKey").value.trim();
  // What cannot stand in a header is no key.
  problem = /^[!-~]*$/.test(key) ? null : { status: 401 };
  showProblem();
  if (key && !problem) {
    enter(key);
  }
});
at("btnLeave").addEventListener("click", () => leave());
at("frmSearch").addEventListener("submit", (event) => event.preventDefault());
at("txtSearch").addEventListener("input", () => rooms?.search(at("txtSearch").value));
at("frmUser").addEventListener("submit", async (event) => {
  event.preventDefault();
  const user = at("txtUser").value.trim();
  const result = user ? await disconnect(api, user) : { good: false, text: say("userEmpty") };
  if (result) {
    tell(at("userResult"), result);
  }
});
document.addEventListener("visibilitychange", draw);
whenPainted(() => tiles.renew());
whenSpoken(showWords);
setInterval(draw, DRAW_MILLIS);
const kept = rememberedHere(KEY, "");
at("door").hidden = kept !== "";
if (kept) {
  enter(kept);
}
