/** The chat page. */

import { Announcer } from "./chat/announcer.js";
import { Composer } from "./chat/composer.js";
import { ConnectionPanel } from "./chat/connection-panel.js";
import { Drawers } from "./chat/drawers.js";
import { drawMemberList } from "./chat/member-list.js";
import { MessageList } from "./chat/message-list.js";
import {
  Notice,
  canSignInToWrite,
  isReadOnly,
  presentProblem,
  publishError,
  readOnlyText,
} from "./chat/notice.js";
import { drawRoomHeader } from "./chat/room-header.js";
import { RoomList } from "./chat/room-list.js";
import { LOBBY, isRoomName, roomInQuery, roomLink } from "./chat/room-names.js";
import { Rooms, roomOptions } from "./chat/rooms.js";
import { Search } from "./chat/search.js";
import { Sound } from "./chat/sound.js";
import { nameOf } from "./chat/user-names.js";
import { Client } from "./client/client.js";
import { DENIED } from "./client/failure.js";
import { copyText } from "./common/clipboard.js";
import { ConnectionBanner } from "./common/connection-banner.js";
import { byId } from "./common/dom.js";
import { Header } from "./common/header.js";
import { socketUrl } from "./common/http.js";
import { onLanguageChange } from "./common/i18n.js";
import { ownNodes } from "./common/own-nodes.js";
import { tabStorage } from "./common/storage.js";
import { SignInPanel, signInReason } from "./sign-in/sign-in-panel.js";
import { TokenStore } from "./sign-in/token-store.js";
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

/** Without a keyboard, its keys are not named. */
const touch = matchMedia("(hover: none) and (pointer: coarse)");

function composeHint(greets) {
  if (touch.matches) {
    return greets ? translate("composeHintTouch") : "";
  }
  return translate(greets ? "composeHintGreeting" : "composeHint");
}

class ChatPage {
  #header = new Header("chat", translate);
  #tokens = new TokenStore();
  #client = new Client(socketUrl("./connection/websocket").href, {
    name: this.#tokens.name,
    getToken: (request) => this.#tokens.token(request),
    own: tabStorage.get("own", []),
    nodes: ownNodes(),
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
    user: () => this.#drawUser(),
    rooms: () => this.#drawRooms(),
    members: () => this.#drawMembers(),
    header: () => this.#drawHeader(),
    notice: () => this.#drawNotice(),
  });
  #list = new MessageList(byId("log"), byId("ulMsg"), {
    retry: (entry) => this.#current.retry(entry),
    discard: (entry) => this.#current.discard(entry),
    status: (entry) => this.#statusOf(entry),
    canRetry: ({ failure }) => failure.code !== DENIED || !isReadOnly(this.#current.options),
    loadOlder: () => this.#current.loadOlder(),
    scrolled: () => this.#updateRead(),
  });
  #composer = new Composer(byId("txtMsg"), {
    publish: (text) => this.#publish(text),
    maxBytes: () => this.#current?.options?.maxMessageBytes,
    tooLong: (values) => this.#showNotice("tooLong", values),
  });
  #search = new Search({ show: (number) => this.#list.showFound(number), clear: () => this.#list.clearFound() });
  #signIn = new SignInPanel(
    translate,
    this.#tokens,
    {
      renamed: (name) => this.#renamed(name),
      tokenChanged: () => this.#tokenChanged(),
      closed: () => this.#signInClosed(),
    },
    { offersName: true },
  );
  #roomList = new RoomList({ open: (name) => this.#open(name), leave: (name) => this.#leave(name) });

  start() {
    this.#listen();
    this.#open(roomInQuery(location.search), { push: false });
    onLanguageChange(() => {
      this.#list.redraw();
      this.#search.draw();
      this.#parts.drawAll();
    });
    new ConnectionBanner(this.#client, translate);
    this.#client.addEventListener("state", ({ detail }) => this.#stateChanged(detail));
    this.#client.connect();
  }

  #listen() {
    byId("btnNew").addEventListener("click", () => this.#list.scrollToEnd());
    byId("btnRetry").addEventListener("click", () => this.#client.connect());
    byId("btnCopy").addEventListener("click", () => this.#copyLink());
    byId("btnToken").addEventListener("click", () => {
      this.#drawers.close();
      this.#signIn.setWanted(!this.#signIn.isWanted);
    });
    for (const button of ["btnOther", "btnWrite"]) {
      byId(button).addEventListener("click", () => this.#signIn.setWanted(true));
    }
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
    this.#focusBox();
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
      conversation.options = (await roomOptions(conversation.name, this.#tokens, this.#client.node)) ?? conversation.options;
      this.#list.update();
      this.#parts.draw("members", "header", "notice");
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
    } else if (what === "denied") {
      this.#list.update();
      this.#loadOptions(this.#current); // The permission has changed since they were read.
    } else if (what === "older") {
      this.#list.updateOlder();
      this.#search.refresh();
    } else if (what === "inside" || what === "mark") {
      this.#list.redraw();
    }
    if (what === "items") {
      this.#announcer.announce(this.#current.item(this.#current.end - 1));
    } else if (what === "joined") {
      this.#loadOptions(this.#current);
    }
  }

  #focusBox() {
    if (desktop.matches && this.#current && byId("login").hidden) {
      this.#composer.focus();
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

  #signInClosed() {
    this.#parts.draw("user");
    this.#focusBox();
  }

  /** Another user may be let in where this one was refused. */
  #rejoin() {
    this.#rooms.joined.forEach((conversation) => conversation.rejoin());
  }

  #stateChanged(detail) {
    this.#closed = detail.state === "closed" ? detail : null;
    const isSignedOut = signInReason(this.#closed, null, this.#tokens.isSent) !== null;
    this.#header.showConnection(isSignedOut ? { state: "signedOut" } : detail);
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
    if (this.#current) {
      this.#current.draft = this.#composer.text;
    }
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

  #drawUser() {
    const { isPasted, name, user } = this.#tokens;
    const shown = isPasted ? user : name;
    const isOut = this.#signIn.reason !== null && this.#client.state === "closed";
    const guest = isOut ? translate("signedOut") : this.#client.id && nameOf({ client: this.#client.id });
    byId("whoami").textContent = byId("whoami").title = isOut ? guest : shown || guest;
    byId("btnToken").textContent = translate(shown || isPasted ? "changeName" : "signInOrName");
    byId("btnToken").ariaExpanded = String(!byId("login").hidden);
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
    byId("composeHint").textContent = composeHint(greets);
    byId("btnCopy").disabled = byId("btnSearch").disabled = this.#current === null;
    this.#composer.setEnabled(this.#current?.refusal === null && this.#client.state !== "closed");
  }

  #drawNotice() {
    const refusal = this.#current?.refusal;
    const reason = signInReason(this.#closed, refusal, this.#tokens.isSent);
    this.#signIn.require(reason);
    const problem = presentProblem(this.#badRoom, reason, this.#closed, refusal);
    this.#notice.draw(problem, {
      canRetry: this.#client.state === "closed" && !this.#badRoom,
      canSignIn: reason === null && refusal?.code === DENIED,
    });
    this.#drawUser();
    this.#drawBox();
  }

  /** Draws the box, or says why the user may not write. */
  #drawBox() {
    const options = this.#current?.options;
    const isClosed = isReadOnly(options);
    byId("frmMsg").hidden = isClosed || this.#current?.refusal?.code === DENIED;
    byId("readOnly").hidden = !isClosed;
    byId("readOnlyText").textContent = isClosed ? readOnlyText(options) : "";
    byId("btnWrite").hidden = !isClosed || !canSignInToWrite(options);
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
