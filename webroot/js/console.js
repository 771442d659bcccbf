/** The console: lets in users with an admin key, and shows the figures that nodes publish once a second. */

import { byId, onSubmit, setText } from "./common/dom.js";
import { clockTime } from "./common/format.js";
import { Header } from "./common/header.js";
import { onLanguageChange } from "./common/i18n.js";
import { tabStorage } from "./common/storage.js";
import { onThemeChange } from "./common/theme.js";
import { AdminApi } from "./console/admin-api.js";
import { Cluster } from "./console/cluster.js";
import { disconnect } from "./console/disconnect.js";
import { EventStream } from "./console/event-stream.js";
import { NodeCards } from "./console/node-cards.js";
import { errorText, showResult } from "./console/results.js";
import { RoomTable } from "./console/room-table.js";
import { RoomView } from "./console/room-view.js";
import { Tiles, approximateSpan } from "./console/tiles.js";
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

class ConsolePage {
  #header = new Header("admin", translate);
  #cluster = new Cluster();
  #api = null;
  #stream = null;
  #isLive = false;
  /** Whether the server has accepted the key. */
  #isAccepted = false;
  /** The `HttpError`, or the like, that keeps the user out; `null` if there is none. */
  #loginError = null;
  #openTimer = 0;
  #pointedTime = "";
  #tiles = new Tiles(byId("tiles"), (time) => {
    this.#pointedTime = time;
    this.#drawTime();
  });
  #cards = new NodeCards(byId("nodes"), () => this.#draw());
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
    byId("login").hidden = key !== "";
    if (key) {
      this.#logIn(key);
    }
  }

  #listen() {
    onSubmit("frmKey", () => this.#enterKey(byId("txtKey").value.trim()));
    byId("btnLeave").addEventListener("click", () => this.#logOut(null));
    onSubmit("frmUser", () => this.#disconnectUser(byId("txtUser").value.trim()));
    document.addEventListener("visibilitychange", () => this.#draw());
  }

  #enterKey(key) {
    // Other characters cannot be sent in a header, so no key has them.
    this.#loginError = /^[!-~]*$/.test(key) ? null : { status: 401 };
    this.#drawLoginError();
    if (key && !this.#loginError) {
      this.#logIn(key);
    }
  }

  #logIn(key) {
    this.#api = new AdminApi(key);
    this.#cluster = new Cluster();
    this.#loginError = null;
    this.#stream = new EventStream(FIGURES, this.#api.headers());
    this.#stream.addEventListener("state", ({ detail }) => this.#stateChanged(detail, key));
    this.#stream.addEventListener("messages", ({ detail }) => {
      this.#cluster.update(detail, performance.now());
      this.#openDashboard();
    });
    this.#stream.addEventListener("refused", ({ detail }) => this.#logOut(detail));
    this.#header.setStateVisible(true);
    byId("btnEnter").disabled = true;
    this.#stream.open();
  }

  #stateChanged(detail, key) {
    this.#header.showConnection(detail);
    this.#isLive = detail.state === "live";
    if (this.#isLive && !this.#isAccepted) {
      this.#isAccepted = true;
      tabStorage.set(STORED_KEY, key);
      this.#roomTable.start(this.#api);
      this.#openTimer = setTimeout(() => this.#openDashboard(true), OPEN_MILLIS);
    }
    this.#draw();
  }

  /** Opens the dashboard when there is something to show, or `now`. */
  #openDashboard(now = false) {
    const isFilled = this.#cluster.newest > 0 && this.#roomTable.isLoaded;
    if (this.#stream && byId("dashboard").hidden && (now || isFilled)) {
      clearTimeout(this.#openTimer);
      byId("login").hidden = true;
      byId("dashboard").hidden = false;
      byId("btnLeave").hidden = false;
      this.#draw();
    }
  }

  /** Forgets the key. `error` is the server's reason, `null` if the user wants it. */
  #logOut(error) {
    clearTimeout(this.#openTimer);
    this.#stream?.close();
    this.#stream = null;
    this.#isLive = false;
    this.#isAccepted = false;
    tabStorage.set(STORED_KEY, null);
    this.#roomTable.stop();
    this.#roomView.close();
    this.#loginError = error;
    byId("dashboard").hidden = true;
    byId("login").hidden = false;
    byId("btnLeave").hidden = true;
    byId("btnEnter").disabled = false;
    this.#header.setStateVisible(false);
    byId("txtKey").value = "";
    byId("txtKey").focus();
    this.#drawLoginError();
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
    this.#drawLoginError();
    this.#roomTable.draw();
    this.#tiles.redraw();
    this.#draw();
  }

  #drawLoginError() {
    const known = { 401: "keyUnknown", 403: "keyNotAdmin" }[this.#loginError?.status];
    const text = known ? translate(known) : this.#loginError ? errorText(this.#loginError) : "";
    setText(byId("loginError"), text);
  }

  #draw() {
    if (document.hidden) {
      return;
    }
    if (byId("dashboard").hidden) {
      const isWaiting = this.#stream && byId("login").hidden;
      setText(byId("summary"), isWaiting ? translate("waitingForFigures") : "");
      return;
    }
    const now = performance.now();
    const clock = this.#cluster.clock(now, this.#isLive);
    this.#tiles.draw(this.#cluster, clock, this.#cards.chosen);
    this.#cards.draw(this.#cluster, clock);
    const isOld = this.#cluster.silence(now) > OLD_MILLIS || !this.#isLive;
    byId("summary").dataset.old = String(isOld);
    setText(byId("summary"), this.#summary(clock, isOld));
    const node = this.#cards.chosen;
    setText(byId("scope"), node ? translate("scopeOne", { node }) : translate("scopeAll"));
    byId("nodesNote").hidden = this.#cluster.newest > 0;
    this.#drawTime();
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
