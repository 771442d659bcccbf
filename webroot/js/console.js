/** The console: lets in users with an admin key, and shows the figures that nodes publish once a second. */

import { ConnectionBanner } from "./common/connection-banner.js";
import { byId, onSubmit, setText } from "./common/dom.js";
import { clockTime } from "./common/format.js";
import { Header } from "./common/header.js";
import { onLanguageChange } from "./common/i18n.js";
import { ownNodes } from "./common/own-nodes.js";
import { tabStorage } from "./common/storage.js";
import { onThemeChange } from "./common/theme.js";
import { AdminApi } from "./console/admin-api.js";
import { Cluster } from "./console/cluster.js";
import { disconnect } from "./console/disconnect.js";
import { EventList } from "./console/event-list.js";
import { EventLog } from "./console/event-log.js";
import { EventStream } from "./console/event-stream.js";
import { NodeCards } from "./console/node-cards.js";
import { errorText, showResult } from "./console/results.js";
import { RoomTable } from "./console/room-table.js";
import { RoomView } from "./console/room-view.js";
import { Tiles, approximateSpan } from "./console/tiles.js";
import { SecretPanel } from "./sign-in/sign-in-panel.js";
import { translate } from "./translations/console.js";

/** The room of the nodes' figures, from the beginning of its log. */
const FIGURES = "./rooms/.stentor/events?last=10000";

const DRAW_MILLIS = 1000;

/** Figures that are older are marked as old. */
const OLD_MILLIS = 4000;

/** The dashboard opens after this time at the latest, filled or not. */
const OPEN_MILLIS = 2500;

/** The key is kept as long as the tab is open, and nowhere else. */
const STORED_KEY = "console.key";

/** The keys of the texts of the field for the admin key. */
const KEY_FIELD = { name: "Key", type: "password", label: "key", hint: "keyKept", enter: "enter" };

/** Why the server refuses a key, by status. */
const KEY_ERRORS = { 401: "keyUnknown", 403: "keyNotAdmin" };

class ConsolePage {
  #header = new Header("admin", translate);
  #nodes = ownNodes();
  #events = new EventLog();
  #cluster = new Cluster();
  #key = "";
  /** The API with the key; `null` without one. */
  #api = null;
  #stream = new EventStream(FIGURES, this.#nodes);
  #isLive = false;
  /** Whether the server has accepted the key. */
  #isAccepted = false;
  #signIn = new SecretPanel(translate, KEY_FIELD, (key) => this.#enterKey(key));
  #openTimer = 0;
  #pointedTime = "";
  #tiles = new Tiles(byId("tiles"), (time) => {
    this.#pointedTime = time;
    this.#drawTime();
  });
  #cards = new NodeCards(byId("nodes"), () => this.#draw());
  #eventList = new EventList(byId("events"));
  #roomView = new RoomView();
  #roomTable = new RoomTable({
    open: (room) => this.#roomView.open(this.#api, room),
    loaded: () => this.#openDashboard(),
  });

  start() {
    this.#header.setStateVisible(false);
    this.#listen();
    onThemeChange(() => this.#tiles.redraw());
    onLanguageChange(() => this.#drawTexts());
    setInterval(() => this.#draw(), DRAW_MILLIS);
    const key = tabStorage.get(STORED_KEY, "");
    if (key) {
      this.#logIn(key);
    } else {
      this.#signIn.require("keyNeeded");
    }
  }

  #listen() {
    new ConnectionBanner(this.#stream, translate);
    this.#stream.addEventListener("state", ({ detail }) => this.#stateChanged(detail));
    this.#stream.addEventListener("messages", ({ detail }) => {
      this.#cluster.update(detail, performance.now());
      this.#openDashboard();
    });
    this.#stream.addEventListener("refused", ({ detail }) => this.#logOut(detail));
    byId("btnLeave").addEventListener("click", () => this.#logOut(null));
    onSubmit("frmUser", () => this.#disconnectUser(byId("txtUser").value.trim()));
    document.addEventListener("visibilitychange", () => this.#draw());
  }

  #enterKey(key) {
    // Other characters cannot be sent in a header, so no key has them.
    const isKey = /^[!-~]*$/.test(key);
    this.#signIn.setError(isKey ? "" : "keyUnknown");
    if (key && isKey) {
      this.#logIn(key);
    }
  }

  #logIn(key) {
    this.#key = key;
    this.#api = new AdminApi(key, this.#nodes);
    this.#events = new EventLog();
    this.#cluster = new Cluster((figures, last) => this.#events.update(figures, last));
    this.#header.setStateVisible(true);
    byId("btnUseKey").disabled = true;
    this.#stream.open(this.#api.headers());
  }

  #stateChanged(detail) {
    this.#header.showConnection(detail);
    this.#isLive = detail.state === "live";
    if (this.#isLive && !this.#isAccepted) {
      this.#isAccepted = true;
      tabStorage.set(STORED_KEY, this.#key);
      this.#roomTable.start(this.#api);
      this.#openTimer = setTimeout(() => this.#openDashboard(true), OPEN_MILLIS);
    }
    this.#draw();
  }

  /** Opens the dashboard when there is something to show, or `now`. */
  #openDashboard(now = false) {
    const isFilled = this.#cluster.newest > 0 && this.#roomTable.isLoaded;
    if (this.#api && byId("dashboard").hidden && (now || isFilled)) {
      clearTimeout(this.#openTimer);
      this.#signIn.clear();
      this.#signIn.require(null);
      byId("dashboard").hidden = false;
      byId("btnLeave").hidden = false;
      this.#draw();
    }
  }

  /** Forgets the key. `error` is the server's reason, `null` if the user wants it. */
  #logOut(error) {
    clearTimeout(this.#openTimer);
    this.#key = "";
    this.#api = null;
    this.#stream.close();
    this.#isLive = false;
    this.#isAccepted = false;
    tabStorage.set(STORED_KEY, null);
    this.#roomTable.stop();
    this.#roomView.close();
    byId("dashboard").hidden = true;
    byId("btnLeave").hidden = true;
    byId("btnUseKey").disabled = false;
    this.#header.setStateVisible(false);
    this.#signIn.require("keyNeeded");
    this.#signIn.clear();
    this.#signIn.focus();
    this.#signIn.setError(error ? (KEY_ERRORS[error.status] ?? errorText(error)) : "");
    this.#draw();
  }

  async #disconnectUser(user) {
    const missing = { good: false, text: translate("userEmpty") };
    const result = user ? await disconnect(this.#api, user) : missing;
    if (result) {
      showResult(byId("userResult"), result);
    }
  }

  #drawTexts() {
    document.title = translate("title");
    byId("txtSearch").placeholder = translate("searchHint");
    byId("txtUser").placeholder = translate("userHint");
    this.#signIn.draw();
    this.#roomTable.draw();
    this.#tiles.redraw();
    this.#draw();
  }

  #draw() {
    if (document.hidden) {
      return;
    }
    if (byId("dashboard").hidden) {
      const isWaiting = this.#api && byId("login").hidden;
      setText(byId("summary"), isWaiting ? translate("waitingForFigures") : "");
      return;
    }
    const now = performance.now();
    const clock = this.#cluster.clock(now, this.#isLive);
    this.#tiles.draw(this.#cluster, clock, this.#cards.chosen);
    this.#cards.draw(this.#cluster, clock);
    this.#drawAlarm(this.#cluster.unwritable(clock), this.#cluster.copies(clock));
    this.#drawEvents(clock);
    const isOld = this.#cluster.silence(now) > OLD_MILLIS || !this.#isLive;
    byId("summary").dataset.old = String(isOld);
    setText(byId("summary"), this.#summary(clock, isOld));
    const node = this.#cards.chosen;
    setText(byId("scope"), node ? translate("scopeOne", { node }) : translate("scopeAll"));
    byId("nodesNote").hidden = this.#cluster.newest > 0;
    this.#drawTime();
  }

  /** Says on top if nodes cannot write to their disks, or if messages have no copy on a second node. */
  #drawAlarm(unwritable, copies) {
    const alarm = byId("alarm");
    const kind = unwritable.length > 0 ? "unwritable" : copies;
    alarm.hidden = kind === "safe" || kind === "unknown";
    alarm.dataset.level = { unwritable: "bad", alone: "bad", missing: "warning" }[kind] ?? "information";
    setText(alarm, alarm.hidden ? "" : translate(`alarm_${kind}`, { nodes: unwritable.join(", ") }));
  }

  #drawEvents(clock) {
    this.#events.watch(this.#cluster, clock);
    this.#eventList.draw(this.#events.events);
    byId("eventsNote").hidden = this.#events.events.length > 0;
    byId("events").hidden = this.#events.events.length === 0;
  }

  /** Draws the time under the pointer, or how far back the plots go. */
  #drawTime() {
    const span = this.#cluster.span(this.#cluster.clock(performance.now(), this.#isLive));
    setText(byId("moment"), this.#pointedTime || translate("lastTime", { time: approximateSpan(span) }));
  }

  #summary(clock, isOld) {
    if (this.#cluster.newest === 0) {
      return translate("waitingForFigures");
    }
    if (isOld) {
      return translate("frozen", { time: clockTime(this.#cluster.newest) });
    }
    const states = this.#cluster.nodes(clock).map((node) => node.state(clock));
    const nodes = states.filter((state) => state !== "stopped").length;
    return translate("summary", { nodes, ready: states.filter((state) => state === "ready").length });
  }
}

new ConsolePage().start();
