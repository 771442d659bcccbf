/**
 * The panel of one room: its options, members and last messages, and a form to publish. It reads the room every two
 * seconds and does not join it, so that members do not see the user.
 */

import { byId, element, onSubmit, setText } from "../common/dom.js";
import { base64Bytes, bytes, clockTime, count } from "../common/format.js";
import { roomPath } from "../common/http.js";
import { NONE } from "../common/intl.js";
import { translate } from "../translations/console.js";
import { disconnect } from "./disconnect.js";
import { updateList } from "./keyed-list.js";
import { errorText, showResult } from "./results.js";

const UPDATE_MILLIS = 2000;
const MAX_MEMBERS = 100;
const MAX_MESSAGES = 50;

export class RoomView {
  #dialog = byId("room");
  #api = null;
  #room = "";
  #timer = 0;
  #request = 0;
  #members = new Map();
  #messages = new Map();
  #hasLog = true;

  constructor() {
    byId("btnClose").addEventListener("click", () => this.close());
    this.#dialog.addEventListener("close", () => this.#closed());
    onSubmit("frmPublish", () => this.#publish());
  }

  open(api, room) {
    this.#api = api;
    this.#room = room;
    this.#hasLog = true;
    byId("roomName").textContent = room;
    byId("publishResult").textContent = "";
    byId("memberResult").textContent = "";
    byId("settings").replaceChildren();
    this.#clear();
    showNote("membersNote", translate("loading"));
    showNote("messagesNote", translate("loading"));
    this.#dialog.showModal();
    this.#load();
  }

  /** Closes the panel, if it is open. */
  close() {
    this.#dialog.close();
  }

  #closed() {
    clearTimeout(this.#timer);
    this.#request++;
    this.#clear();
  }

  #clear() {
    updateList(byId("members"), [], this.#members, null);
    updateList(byId("messages"), [], this.#messages, null);
  }

  /** Reads the room now, and then every two seconds while the panel is open. */
  async #load() {
    clearTimeout(this.#timer);
    const number = ++this.#request;
    const path = roomPath(this.#room);
    const room = await this.#read(path);
    const [messages, members] = await Promise.all([
      this.#read(`${path}/messages?limit=${MAX_MESSAGES}`),
      room.options?.presence === false ? null : this.#read(`${path}/members?limit=${MAX_MEMBERS}`),
    ]);
    if (number !== this.#request || !this.#dialog.open) {
      return;
    }
    this.#showRoom(room);
    this.#showMessages(messages);
    this.#showMembers(members);
    this.#timer = setTimeout(() => this.#load(), UPDATE_MILLIS);
  }

  #read(path) {
    return this.#api.read(path).catch((error) => ({ error }));
  }

  #showRoom({ error, options, connections, users, position = NONE, messages, bytes: size }) {
    setText(byId("roomNote"), error ? errorText(error) : "");
    if (!options) {
      return;
    }
    const { history = {} } = options;
    this.#hasLog = history.messages !== 0;
    const limits = { messages: count(history.messages), bytes: bytes(history.bytes), seconds: history.ageSeconds };
    showFacts({
      connectionsUsers: connections === undefined ? NONE : `${count(connections)} / ${count(users)}`,
      position,
      kept: `${count(messages)}, ${bytes(size)}`,
      history: this.#hasLog ? translate("keeps", limits) : translate("noLog"),
      maxMessageBytes: bytes(options.maxMessageBytes),
      transform: options.transform,
      slowConsumer: options.slowConsumer,
      publishSubscribe: `${options.publish} / ${options.subscribe}`,
    });
  }

  #showMembers(answer) {
    const members = answer?.members ?? [];
    showNote("membersNote", membersNote(answer, members.length));
    const byConnection = new Map(members.map((member) => [member.connection, member]));
    updateList(byId("members"), [...byConnection.keys()], this.#members, (id) => this.#memberRow(byConnection.get(id)));
  }

  #memberRow({ connection, user = "" }) {
    const name = user || translate("nobody");
    const button = element("button", { type: "button", textContent: translate("disconnect") });
    button.setAttribute("aria-label", translate("disconnectLabel", { who: name, client: connection }));
    button.addEventListener("click", async () => {
      const result = await disconnect(this.#api, user, connection);
      if (result) {
        showResult(byId("memberResult"), result);
        this.#load();
      }
    });
    const label = element("span", { className: user ? "user" : "user hint", textContent: name });
    const id = element("code", { textContent: connection, title: connection });
    return { element: element("li", {}, label, id, button) };
  }

  #showMessages({ error, messages = [], epoch }) {
    const empty = messages.length > 0 ? "" : translate(this.#hasLog ? "messagesNone" : "noLogRead");
    showNote("messagesNote", error ? errorText(error) : empty);
    const byKey = new Map(messages.map((message) => [`${epoch}:${message.offset}`, message]).reverse());
    updateList(byId("messages"), [...byKey.keys()], this.#messages, (key) => messageRow(byKey.get(key)));
  }

  async #publish() {
    const body = byId("txtPublish").value;
    const type = byId("chkJson").checked ? "application/json" : "text/plain";
    const result = byId("publishResult");
    if (body === "") {
      showResult(result, { good: false, text: translate("publishEmpty") });
      return;
    }
    byId("btnPublish").disabled = true;
    try {
      const position = await this.#api.publish(this.#room, body, type);
      byId("txtPublish").value = "";
      showResult(result, { good: true, text: translate(position ? "published" : "publishedNoLog", { position }) });
      this.#load();
    } catch (error) {
      showResult(result, { good: false, text: errorText(error) });
    }
    byId("btnPublish").disabled = false;
  }
}

function showFacts(facts) {
  const list = byId("settings");
  if (list.children.length === 0) {
    list.append(...Object.keys(facts).map(() => element("div", {}, element("dt"), element("dd"))));
  }
  Object.entries(facts).forEach(([key, text], i) => {
    const [name, value] = list.children[i].children;
    setText(name, translate(`room_${key}`));
    setText(value, text);
  });
}

function membersNote(answer, shown) {
  if (answer === null || answer.error?.status === 404) {
    return translate("presenceOff");
  }
  if (answer.error) {
    return errorText(answer.error);
  }
  if (answer.next !== undefined) {
    return translate("membersMore", { shown, all: count(answer.connections) });
  }
  return shown === 0 ? translate("membersNone") : "";
}

function messageRow({ offset, text, data, base64, time, from }) {
  const user = typeof from === "string" ? from : (from?.user ?? "");
  const parts = [offset === undefined ? "" : `#${offset}`, clockTime(Date.parse(time)), user];
  const head = element("span", { className: "hint", textContent: parts.filter(Boolean).join(" · "), title: time });
  const content =
    typeof base64 === "string"
      ? translate("binaryMessage", { bytes: count(base64Bytes(base64)) })
      : (text ?? JSON.stringify(data));
  return { element: element("li", {}, head, element("pre", { textContent: content })) };
}

function showNote(id, text) {
  setText(byId(id), text);
  byId(id).hidden = text === "";
}
