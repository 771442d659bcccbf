/** The chat page: puts client, rooms, list, people and words together. */

import { LOBBY, isRoomName, roomLink, roomOf, socketAddress } from "./chat/room-names.js";
import { attention } from "./chat/attention.js";
import { composer } from "./chat/composer.js";
import { closeDrawers, drawer } from "./chat/drawers.js";
import { drawHead } from "./chat/room-header.js";
import { inspector } from "./chat/connection-panel.js";
import { joining } from "./chat/joining.js";
import { List } from "./chat/message-list.js";
import { Me, savedName } from "./chat/me.js";
import { Notice } from "./chat/notice.js";
import { Parts } from "./chat/parts.js";
import { drawPeople } from "./chat/member-list.js";
import { needOf, standing, whyNotSent } from "./chat/refusals.js";
import { Rooms, optionsOf } from "./chat/rooms.js";
import { drawRooms } from "./chat/room-list.js";
import { Voice } from "./chat/announcer.js";
import { Client } from "./client/client.js";
import { frame, showConnection } from "./common/header.js";
import { rememberHere, rememberedHere } from "./common/storage.js";
import { say, whenSpoken } from "./common/i18n.js";
import { Pass } from "./chat/token-store.js";
import words from "./translations/chat.js";

const at = (id) => document.getElementById(id);

/** What is around the list, and what of it a change of a conversation shows in. */
const parts = new Parts({ rooms: drawSide, people: drawMembers, head: drawTop, notice: drawNotice });
const PARTS_OF = {
  unread: ["rooms", "head"],
  members: ["people", "head"],
  joined: ["head", "notice"],
  state: ["head", "notice"],
};

let current = null;
/** The room that the address asks for, where there can be none of that name. */
let badRoom = "";
/** `{code, reason}` where the server has closed the connection. */
let closed = null;

const pass = new Pass(savedName());
const client = new Client(socketAddress(location), {
  name: pass.name,
  getToken: (asked) => pass.token(asked),
  own: rememberedHere("own", []),
});
const rooms = new Rooms(client, onChange);
const list = new List(at("log"), at("ulMsg"), {
  retry: (entry) => current.retry(entry),
  discard: (entry) => current.discard(entry),
  fate: ({ failure }) =>
    failure ? whyNotSent(failure, current.options) : say(client.state === "live" ? "sending" : "waitsForConnection"),
  older: () => current.older(),
  moved: () => see(),
});
const notice = new Notice();
const voice = new Voice(at("spoken"));
const me = new Me(pass, client, rooms, () => parts.draw("notice"));
const box = composer(at("txtMsg"), { say: sayIt, most: () => current?.options?.maxMessageBytes, refuse: tell });

function sayIt(text) {
  tell(null);
  current.say(text);
  list.toEnd();
}

/** Shows a room, which is joined for that. */
function open(name, { push = true } = {}) {
  if (push && name !== current?.name) {
    history.pushState(null, "", roomLink(name));
  }
  badRoom = isRoomName(name) ? "" : name;
  closeDrawers();
  if (current) {
    current.draft = box.text;
    current.open(false);
  }
  current = badRoom ? null : rooms.join(name);
  if (current) {
    current.open(true);
    box.text = current.draft;
  }
  list.show(current);
  see();
  learn(current);
  tell(null);
  parts.drawAll();
}

/** Asks how a room is set, once one is in it. */
async function learn(conversation) {
  if (conversation?.room.state === "joined") {
    conversation.options = (await optionsOf(conversation.name, pass)) ?? conversation.options;
    list.changed();
    parts.draw("people", "head");
  }
}

function leave(name) {
  rooms.leave(name);
  if (name === current?.name) {
    current = null;
    open(rooms.joined[0]?.name ?? LOBBY);
  }
  parts.draw("rooms");
}

/** What is at the end of the list and in front of somebody's eyes counts as read. */
function see() {
  current?.see(list.isAtEnd && !document.hidden);
}

function onChange(conversation, what) {
  if (conversation === current) {
    if (what === "items" || what === "pending") {
      list.changed();
    } else if (what === "older") {
      list.older();
    } else if (what === "inside" || what === "mark") {
      list.redraw();
    }
    if (what === "items") {
      voice.tell(conversation.item(conversation.end - 1));
    } else if (what === "joined") {
      learn(conversation);
    }
  }
  parts.draw(...(PARTS_OF[what] ?? ["head"]));
}

/** Tells what is wrong; `null` for nothing any more. */
function tell(key, values) {
  if (key) {
    notice.show(key, values);
  } else {
    notice.close();
  }
  parts.draw("notice");
}

function drawSide() {
  drawRooms(rooms.joined, rooms.recent, current?.name, { open, leave });
  at("node").textContent = client.figures.node ? say("node", { node: client.figures.node }) : "";
}

function drawMembers() {
  if (current) {
    const { subscribe } = current.options ?? {};
    const names = subscribe && (subscribe === "anyone" || pass.isOfDemo ? "selfChosen" : "proved");
    drawPeople(current.members, (info) => client.isOwn(info), names ?? null);
  }
}

function drawTop() {
  const unread = rooms.joined.reduce((sum, one) => sum + one.unread, 0);
  drawHead(current?.name ?? badRoom, current, unread, list.isAtEnd);
  at("btnSend").disabled = !current || client.state === "closed" || current.refusal !== null;
}

function drawNotice() {
  const need = needOf(closed, current?.refusal, pass.isShown);
  me.draw(need);
  const shown = standing(badRoom, need, closed, current?.refusal);
  notice.draw(shown, client.state === "closed" && !badRoom);
}

function onState({ detail }) {
  showConnection(detail);
  closed = detail.state === "closed" ? detail : null;
  if (detail.state === "live") {
    rememberHere("own", client.ownIds);
  }
  list.changed();
  parts.drawAll();
}

function listen() {
  at("frmMsg").addEventListener("submit", (event) => {
    event.preventDefault();
    box.send();
  });
  joining(open);
  at("btnNew").addEventListener("click", () => list.toEnd());
  at("btnRetry").addEventListener("click", () => client.connect());
  for (const [button, panel] of [["btnRooms", "rooms"], ["btnMembers", "members"]]) {
    drawer(at(button), at(panel), (open) => at(panel).classList.toggle("open", open));
  }
  drawer(at("btnWire"), at("wire"), inspector(client, () => current?.room));
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input, textarea");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      at("txtMsg").focus();
    }
  });
  addEventListener("popstate", () => open(roomOf(location.search), { push: false }));
}

/** A page in the background has slow timers: it comes back at once when somebody is there again. */
function onBack() {
  client.retryNow();
  see();
}

function onAway() {
  rooms.save();
  see();
}

frame("chat", words);
listen();
attention({ back: onBack, away: onAway });
open(roomOf(location.search), { push: false });
whenSpoken(() => {
  list.redraw();
  parts.drawAll();
});
client.addEventListener("state", onState);
client.connect();
