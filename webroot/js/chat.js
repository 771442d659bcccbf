/** The chat page. */

import { Announcer } from "./chat/announcer.js";
import { Composer } from "./chat/composer.js";
import { ConnectionPanel } from "./chat/connection-panel.js";
import { Drawers } from "./chat/drawers.js";
import { LoginForm, savedName } from "./chat/login-form.js";
import { drawMemberList } from "./chat/member-list.js";
import { MessageList } from "./chat/message-list.js";
import { Notice, loginReason, presentProblem, publishError } from "./chat/notice.js";
import { drawRoomHeader } from "./chat/room-header.js";
import { RoomList } from "./chat/room-list.js";
import { LOBBY, isRoomName, roomInQuery, roomLink } from "./chat/room-names.js";
import { Rooms, roomOptions } from "./chat/rooms.js";
import { Search } from "./chat/search.js";
import { Sound } from "./chat/sound.js";
import { TokenStore } from "./chat/token-store.js";
import { Client } from "./client/client.js";
import { copyText } from "./common/clipboard.js";
import { byId } from "./common/dom.js";
import { Header } from "./common/header.js";
import { socketUrl } from "./common/http.js";
import { onLanguageChange } from "./common/i18n.js";
import { tabStorage } from "./common/storage.js";
import { translate } from "./translations/chat.js";

/** The parts of the page to draw again after a change of a conversation. */
const AFFECTED = {
  unread: ["rooms", "header"],
  members: ["members", "header"],
  joined: ["header", "notice"],
  state: ["header", "notice"],
};

/** For how long a button says what it has done. */
const DONE_MILLIS = 2_000;

/** Where a keyboard is likely, the box has the focus at once. */
const desktop = matchMedia("(pointer: fine) and (min-width: 760px)");

class ChatPage {
  #header = new Header("chat", translate);
  #tokens = new TokenStore(savedName());
  #client = new Client(socketUrl("./connection/websocket").href, {
    name: this.#tokens.name,
    getToken: (request) => this.#tokens.token(request),
    own: tabStorage.get("own", []),
  });
  #rooms = new Rooms(this.#client, (conversation, what) => this.#changed(conversation, what));
  /** The conversation on the screen. */
  #current = null;
  /** The room in the page's address, if no room can have this name. */
  #badRoom = "";
  /** The state of the client, if the server has closed the connection. */
  #closed = null;

  #notice = new Notice();
  #announcer = new Announcer(byId("announcer"));
  #drawers = new Drawers(byId("scrim"));
  #sound = new Sound(byId("chkSound"));
  #parts = new Redraw({
    rooms: () => this.#drawRooms(),
    members: () => this.#drawMembers(),
    header: () => this.#drawHeader(),
    notice: () => this.#drawNotice(),
  });
  #list = new MessageList(byId("log"), byId("ulMsg"), {
    retry: (entry) => this.#current.retry(entry),
    discard: (entry) => this.#current.discard(entry),
    status: (entry) => this.#statusOf(entry),
    loadOlder: () => this.#current.loadOlder(),
    scrolled: () => this.#updateRead(),
  });
  #composer = new Composer(byId("txtMsg"), {
    publish: (text) => this.#publish(text),
    maxBytes: () => this.#current?.options?.maxMessageBytes,
    tooLong: (values) => this.#showNotice("tooLong", values),
  });
  #search = new Search({ show: (number) => this.#list.showFound(number), clear: () => this.#list.clearFound() });
  #login = new LoginForm(this.#tokens, {
    changed: () => this.#parts.draw("notice"),
    closeDrawers: () => this.#drawers.close(),
    renamed: (name) => this.#renamed(name),
    tokenChanged: () => this.#tokenChanged(),
  });
  #roomList = new RoomList({ open: (name) => this.#open(name), leave: (name) => this.#leave(name) });

  start() {
    this.#listen();
    this.#open(roomInQuery(location.search), { push: false });
    onLanguageChange(() => {
      this.#list.redraw();
      this.#search.draw();
      this.#parts.drawAll();
    });
    this.#client.addEventListener("state", ({ detail }) => this.#stateChanged(detail));
    this.#client.connect();
  }

  #listen() {
    byId("btnNew").addEventListener("click", () => this.#list.scrollToEnd());
    byId("btnRetry").addEventListener("click", () => this.#client.connect());
    byId("btnCopy").addEventListener("click", () => this.#copyLink());
    for (const [button, id] of [["btnRooms", "rooms"], ["btnMembers", "members"]]) {
      const column = byId(id);
      this.#drawers.add(byId(button), column, (open) => column.classList.toggle("open", open));
    }
    const panel = new ConnectionPanel(this.#client, () => this.#current?.room);
    this.#drawers.add(byId("btnConnection"), byId("connection"), (open) => panel.setOpen(open));
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.matches("input, textarea");
      if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        byId("txtMsg").focus();
      }
    });
    addEventListener("popstate", () => this.#open(roomInQuery(location.search), { push: false }));
    addEventListener("pagehide", () => this.#hidden());
    addEventListener("online", () => this.#visible());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#hidden() : this.#visible()));
  }

  /** Joins a room, if necessary, and shows it. */
  #open(name, { push = true } = {}) {
    if (push && name !== this.#current?.name) {
      history.pushState(null, "", roomLink(name));
    }
    this.#badRoom = isRoomName(name) ? "" : name;
    this.#drawers.close();
    if (this.#current) {
      this.#current.draft = this.#composer.text;
      this.#current.setOpen(false);
    }
    this.#current = this.#badRoom ? null : this.#rooms.join(name);
    if (this.#current) {
      this.#current.setOpen(true);
      this.#composer.text = this.#current.draft;
    }
    this.#list.show(this.#current);
    this.#search.show(this.#current);
    if (desktop.matches && this.#current) {
      this.#composer.focus();
    }
    this.#updateRead();
    this.#loadOptions(this.#current);
    this.#clearNotice();
    this.#parts.drawAll();
  }

  #leave(name) {
    this.#rooms.leave(name);
    if (name === this.#current?.name) {
      this.#current = null;
      this.#open(this.#rooms.joined[0]?.name ?? LOBBY);
    }
    this.#parts.draw("rooms");
  }

  #publish(text) {
    this.#clearNotice();
    this.#current.publish(text);
    this.#list.scrollToEnd();
  }

  async #loadOptions(conversation) {
    if (conversation?.room.state === "joined") {
      conversation.options = (await roomOptions(conversation.name, this.#tokens)) ?? conversation.options;
      this.#list.update();
      this.#parts.draw("members", "header");
    }
  }

  #changed(conversation, what) {
    if (conversation === this.#current) {
      this.#currentChanged(what);
    }
    if (what === "news") {
      this.#sound.play();
    }
    this.#parts.draw(...(AFFECTED[what] ?? ["header"]));
  }

  #currentChanged(what) {
    if (what === "items" || what === "pending") {
      this.#list.update();
    } else if (what === "older") {
      this.#list.updateOlder();
    } else if (what === "inside" || what === "mark") {
      this.#list.redraw();
    }
    if (what === "items") {
      this.#announcer.announce(this.#current.item(this.#current.end - 1));
    } else if (what === "joined") {
      this.#loadOptions(this.#current);
    }
  }

  async #copyLink() {
    const link = new URL(roomLink(this.#current.name), location.href).href;
    const button = byId("btnCopy");
    button.textContent = translate((await copyText(link)) ? "linkCopied" : "linkNotCopied");
    setTimeout(() => (button.textContent = translate("copyLink")), DONE_MILLIS);
  }

  /** Messages count as read if the user is at the end of the list and the page is visible. */
  #updateRead() {
    this.#current?.setRead(this.#list.isAtEnd && !document.hidden);
  }

  #statusOf({ failure }) {
    if (failure) {
      return publishError(failure, this.#current.options);
    }
    return translate(this.#client.state === "live" ? "sending" : "waitsForConnection");
  }

  #renamed(name) {
    this.#client.rename(name);
    this.#client.connect();
    this.#rejoin();
  }

  #tokenChanged() {
    this.#client.reconnect();
    this.#rejoin();
  }

  /** Another user may be let in where this one was refused. */
  #rejoin() {
    this.#rooms.joined.forEach((conversation) => conversation.rejoin());
  }

  #stateChanged(detail) {
    this.#header.showConnection(detail);
    this.#closed = detail.state === "closed" ? detail : null;
    if (detail.state === "live") {
      tabStorage.set("own", this.#client.ownIds);
    }
    this.#list.update();
    this.#parts.drawAll();
  }

  /** Timers are slow in hidden tabs, so the client reconnects at once when the page is visible again. */
  #visible() {
    this.#client.retryNow();
    this.#updateRead();
  }

  #hidden() {
    this.#rooms.save();
    this.#updateRead();
  }

  #showNotice(key, values) {
    this.#notice.set(key, values);
    this.#parts.draw("notice");
  }

  #clearNotice() {
    this.#notice.clear();
    this.#parts.draw("notice");
  }

  #drawRooms() {
    this.#roomList.draw(this.#rooms.joined, this.#rooms.recent, this.#current?.name);
    const { node } = this.#client.figures;
    byId("node").textContent = node ? translate("node", { node }) : "";
  }

  #drawMembers() {
    if (this.#current) {
      const { subscribe } = this.#current.options ?? {};
      const isUnverified = subscribe === "anyone" || this.#tokens.isOfDemoLogin;
      const names = subscribe ? (isUnverified ? "unverified" : "verified") : null;
      drawMemberList(this.#current.members, (info) => this.#client.isOwn(info), names);
    }
  }

  #drawHeader() {
    const unread = this.#rooms.joined.reduce((sum, one) => sum + one.unread, 0);
    drawRoomHeader(this.#current?.name ?? this.#badRoom, this.#current, unread, this.#list.isAtEnd);
    const greets = this.#current?.name === LOBBY;
    this.#composer.setGreets(greets);
    byId("composeHint").textContent = translate(greets ? "composeHintGreeting" : "composeHint");
    byId("btnCopy").disabled = byId("btnSearch").disabled = this.#current === null;
    this.#composer.setEnabled(this.#current?.refusal === null && this.#client.state !== "closed");
  }

  #drawNotice() {
    const refusal = this.#current?.refusal;
    const reason = loginReason(this.#closed, refusal, this.#tokens.isSent);
    this.#login.draw(reason);
    const problem = presentProblem(this.#badRoom, reason, this.#closed, refusal);
    this.#notice.draw(problem, this.#client.state === "closed" && !this.#badRoom);
  }
}

/** Draws parts of the page again, each at most once a frame. */
class Redraw {
  #parts;
  #stale = new Set();
  #frame = 0;

  /** `parts` maps the names of the parts to the functions that draw them. */
  constructor(parts) {
    this.#parts = parts;
  }

  draw(...names) {
    names.forEach((name) => this.#stale.add(name));
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      const stale = [...this.#stale];
      this.#stale.clear();
      stale.forEach((name) => this.#parts[name]());
    });
  }

  drawAll() {
    this.draw(...Object.keys(this.#parts));
  }
}

new ChatPage().start();
