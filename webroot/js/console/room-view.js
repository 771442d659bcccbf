/**
 * One room in a drawer: how it is set, who is in it, what was said last, and a box to publish. It is asked for every two
 * seconds and not entered, so that nobody sees a member come who only looks.
 */

import { say } from "../common/i18n.js";
import { pathOf } from "./admin-api.js";
import { disconnect, failure } from "./disconnect.js";
import { element, keyed, put } from "../common/dom.js";
import { NONE, clockTime, count, size } from "./written.js";

const LOOK_MILLIS = 2000;
const MEMBERS = 100;
const MESSAGES = 50;

const at = (id) => document.getElementById(id);

export class RoomView {
  #dialog = at("room");
  #api = null;
  #room = "";
  #timer = 0;
  #turn = 0;
  #members = new Map();
  #messages = new Map();
  #known = null;

  constructor() {
    at("btnClose").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#left());
    at("frmPublish").addEventListener("submit", (event) => this.#publish(event));
  }

  /** Opens the drawer on a room. */
  open(api, room) {
    this.#api = api;
    this.#room = room;
    this.#known = null;
    at("roomName").textContent = room;
    at("publishResult").textContent = "";
    at("memberResult").textContent = "";
    at("settings").replaceChildren();
    this.#clear();
    this.#note(at("membersNote"), say("looking"));
    this.#note(at("messagesNote"), say("looking"));
    this.#dialog.showModal();
    this.look();
  }

  /** Closes the drawer, if it is open. */
  close() {
    this.#dialog.close();
  }

  #left() {
    clearTimeout(this.#timer);
    this.#turn++;
    this.#clear();
  }

  #clear() {
    keyed(at("members"), [], this.#members, null);
    keyed(at("messages"), [], this.#messages, null);
  }

  /** Looks now, and then every two seconds while the drawer is open. */
  async look() {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    const path = pathOf(this.#room);
    const room = await this.#read(path);
    const [messages, members] = await Promise.all([
      this.#read(`${path}/messages?limit=${MESSAGES}`),
      room.options?.presence === false ? null : this.#read(`${path}/members?limit=${MEMBERS}`),
    ]);
    if (turn !== this.#turn || !this.#dialog.open) {
      return;
    }
    this.#showRoom(room);
    this.#showMessages(messages);
    this.#showMembers(members);
    this.#timer = setTimeout(() => this.look(), LOOK_MILLIS);
  }

  #read(path) {
    return this.#api.read(path).catch((problem) => ({ problem }));
  }

  #showRoom({ problem, ...room }) {
    put(at("roomNote"), problem ? failure(problem) : "");
    if (!problem) {
      this.#known = room;
      const { options, connections, users, position = NONE, messages, bytes } = room;
      const { history } = options;
      const facts = {
        connectionsUsers: connections === undefined ? NONE : `${count(connections)} / ${count(users)}`,
        position,
        kept: `${count(messages)}, ${size(bytes)}`,
        history:
          history.messages === 0
            ? say("noLog")
            : say("keeps", { messages: count(history.messages), bytes: size(history.bytes), seconds: history.ageSeconds }),
        maxMessageBytes: size(options.maxMessageBytes),
        transform: options.transform,
        slowConsumer: options.slowConsumer,
        publishSubscribe: `${options.publish} / ${options.subscribe}`,
      };
      this.#showFacts(facts);
    }
  }

  #showFacts(facts) {
    if (at("settings").children.length === 0) {
      const rows = Object.keys(facts).map(() => element("div", {}, element("dt"), element("dd")));
      at("settings").append(...rows);
    }
    Object.entries(facts).forEach(([key, text], i) => {
      const [name, value] = at("settings").children[i].children;
      put(name, say(`room_${key}`));
      put(value, text);
    });
  }

  #showMembers(answer) {
    const list = answer?.members ?? [];
    if (answer === null || answer.problem?.status === 404) {
      this.#note(at("membersNote"), say("presenceOff"));
    } else if (answer.problem) {
      this.#note(at("membersNote"), failure(answer.problem));
    } else if (answer.next !== undefined) {
      this.#note(at("membersNote"), say("membersMore", { shown: list.length, all: count(answer.connections) }));
    } else {
      this.#note(at("membersNote"), list.length === 0 ? say("membersNone") : "");
    }
    const byId = new Map(list.map((member) => [member.connection, member]));
    keyed(at("members"), [...byId.keys()], this.#members, (id) => this.#member(byId.get(id)));
  }

  #member({ connection, user = "" }) {
    const button = element("button", { type: "button", textContent: say("disconnect") });
    button.setAttribute("aria-label", say("disconnectLabel", { who: user || say("nobody"), client: connection }));
    button.addEventListener("click", async () => {
      const result = await disconnect(this.#api, user, connection);
      if (result) {
        tell(at("memberResult"), result);
        this.look();
      }
    });
    const name = element("span", { className: user ? "who" : "who hint", textContent: user || say("nobody") });
    const id = element("code", { textContent: connection, title: connection });
    return { element: element("li", {}, name, id, button) };
  }

  #showMessages({ problem, messages = [], epoch }) {
    const empty = this.#known?.options.history.messages === 0 ? say("noLogRead") : say("messagesNone");
    this.#note(at("messagesNote"), problem ? failure(problem) : messages.length === 0 ? empty : "");
    const byKey = new Map(messages.map((message) => [`${epoch}:${message.offset}`, message]).reverse());
    keyed(at("messages"), [...byKey.keys()], this.#messages, (key) => said(byKey.get(key)));
  }

  #note(target, text) {
    put(target, text);
    target.hidden = text === "";
  }

  async #publish(event) {
    event.preventDefault();
    const body = at("txtPublish").value;
    const type = at("chkJson").checked ? "application/json" : "text/plain";
    if (body === "") {
      tell(at("publishResult"), { good: false, text: say("publishEmpty") });
      return;
    }
    at("btnPublish").disabled = true;
    try {
      const position = await this.#api.publish(this.#room, body, type);
      at("txtPublish").value = "";
      tell(at("publishResult"), { good: true, text: position ? say("published", { position }) : say("publishedNoLog") });
      this.look();
    } catch (problem) {
      tell(at("publishResult"), { good: false, text: failure(problem) });
    }
    at("btnPublish").disabled = false;
  }
}

function said({ offset, text, data, time, from }) {
  const who = typeof from === "string" ? from : (from?.user ?? "");
  const head = [offset === undefined ? "" : `#${offset}`, clockTime(Date.parse(time)), who].filter(Boolean).join(" · ");
  const body = element("pre", { textContent: text ?? JSON.stringify(data) });
  return { element: element("li", {}, element("span", { className: "hint", textContent: head, title: time }), body) };
}

/** Says what came of something. */
export function tell(target, { good, text }) {
  target.dataset.good = String(good);
  target.textContent = text;
}
