/** The chat page: puts client, rooms, list, people and words together. */

import { LOBBY, isRoomName, roomLink, roomOf, socketAddress } from "./chat/address.js";
import { composer } from "./chat/composer.js";
import { closeDrawers, drawer } from "./chat/drawers.js";
import { inspector } from "./chat/inspector.js";
import { List } from "./chat/list.js";
import { isName, nameOf } from "./chat/names.js";
import { counted, drawPeople } from "./chat/people.js";
import { Rooms, optionsOf } from "./chat/rooms.js";
import { drawRooms } from "./chat/sidebar.js";
import { Client } from "./client/client.js";
import { frame, showConnection } from "./frame/frame.js";
import { remember, rememberHere, remembered, rememberedHere } from "./frame/preferences.js";
import { say, whenSpoken } from "./frame/speech.js";
import words from "./words/chat.js";

const at = (id) => document.getElementById(id);

/** More new messages at once than this are told to a screen reader as a number. */
const MOST_SPOKEN = 3;

/** What is around the list, and what of it a change of a conversation shows in. */
const PARTS = ["rooms", "people", "head", "notice"];
const PARTS_OF = { unread: ["rooms", "head"], members: ["people", "head"], state: ["head", "notice"] };

let current = null;
/** The room that the address asks for, where there can be none of that name. */
let badRoom = "";
let closedBecause = "";
let notice = null;
let drawing = 0;
const stale = new Set();
let unspoken = [];

const client = new Client(socketAddress(location), {
  name: savedName(),
  own: rememberedHere("own", []),
});
const rooms = new Rooms(client, onChange);
const list = new List(at("log"), at("ulMsg"), {
  retry: (entry) => current.retry(entry),
  discard: (entry) => current.discard(entry),
  isLive: () => client.state === "live",
  older: () => current.older(),
  moved: () => see(),
});
const box = composer(at("txtMsg"), { say: sayIt, most: () => current?.options?.maxMessageBytes, refuse: showNotice });

function savedName() {
  const name = remembered("name", "");
  return typeof name === "string" && isName(name) ? name : "";
}

function sayIt(text) {
  closeNotice();
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
    show(current);
  } else {
    list.show(null);
  }
  closeNotice();
  draw(...PARTS);
}

function show(conversation) {
  conversation.open(true);
  list.show(conversation);
  box.text = conversation.draft;
  see();
  optionsOf(conversation.name).then((options) => {
    conversation.options = options ?? conversation.options;
    draw("people", "head");
  });
}

function leave(name) {
  rooms.leave(name);
  if (name === current?.name) {
    current = null;
    open(rooms.joined[0]?.name ?? LOBBY);
  }
  draw("rooms");
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
      tell(conversation.item(conversation.end - 1));
    }
  }
  draw(...(PARTS_OF[what] ?? ["head"]));
}

/** Reads to those who do not see the list what was said by others. */
function tell(item) {
  if (item.kind === "message" && item.own) {
    return;
  }
  if (unspoken.push(item) === 1) {
    setTimeout(() => {
      const news = unspoken;
      unspoken = [];
      at("spoken").textContent =
        news.length > MOST_SPOKEN ? say("newSpoken", { count: news.length }) : news.map(spokenItem).join("\n");
    }, 500);
  }
}

function spokenItem(item) {
  return item.kind === "gap" ? say("gap") : say("said", { name: nameOf(item.info), text: item.text });
}

/** Draws parts of what is around the list, once a frame. */
function draw(...parts) {
  parts.forEach((part) => stale.add(part));
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    const drawers = { rooms: drawSide, people: drawMembers, head: drawHead, notice: drawNotice };
    stale.forEach((part) => drawers[part]());
    stale.clear();
  });
}

function drawSide() {
  drawRooms(rooms.joined, rooms.recent, current?.name, { open, leave });
  at("node").textContent = client.figures.node ? say("node", { node: client.figures.node }) : "";
}

function drawMembers() {
  if (current) {
    drawPeople(current.members, (info) => client.isOwn(info), current.options);
  }
}

function drawHead() {
  const name = current?.name ?? badRoom;
  const unread = rooms.joined.reduce((sum, one) => sum + one.unread, 0);
  document.title = say(unread > 0 ? "titleUnread" : "title", { room: name, count: unread });
  at("roomName").textContent = `# ${name}`;
  at("shouts").hidden = current?.options?.transform !== "shout";
  const here = current ? counted(current.members) : "";
  at("btnMembers").textContent = here || say("hereNow");
  at("membersTitle").textContent = here || say("hereNow");
  at("empty").hidden = !current || !current.isEmpty || current.isLoading || current.room.state !== "joined";
  at("older").textContent = olderHint();
  at("btnNew").hidden = !current || list.isAtEnd || current.unread === 0;
  at("btnNew").textContent = say("newMessages", { count: current?.unread ?? 0 });
  at("btnSend").disabled = !current || client.state === "closed" || current.refusal !== null;
}

function olderHint() {
  if (!current || current.isEmpty) {
    return "";
  }
  if (current.isLoading) {
    return say("loading");
  }
  if (current.more) {
    return "";
  }
  return say(current.item(current.start)?.offset > 1 ? "noMore" : "beginning");
}

function showNotice(key, values) {
  notice = { key, values };
  draw("notice");
}

function closeNotice() {
  notice = null;
  draw("notice");
}

function drawNotice() {
  const shown = standing() ?? notice;
  at("notice").hidden = !shown;
  at("noticeText").textContent = shown ? say(shown.key, shown.values) : "";
  at("btnRetry").hidden = client.state !== "closed" || Boolean(badRoom);
}

/** What is to be said as long as it is so. */
function standing() {
  if (badRoom) {
    return { key: "badRoom", values: { room: badRoom } };
  }
  if (client.state === "closed" && closedBecause) {
    return { key: "closedNotice", values: { reason: closedBecause } };
  }
  return current?.refusal
    ? { key: "refusedNotice", values: { reason: current.refusal.message } }
    : null;
}

function onState({ detail }) {
  showConnection(detail);
  closedBecause = detail.state === "closed" ? detail.reason : "";
  if (detail.state === "live") {
    rememberHere("own", client.ownIds);
  }
  list.changed();
  draw("rooms", "head", "notice");
}

function joinRoom() {
  const name = at("txtRoom").value.trim().replace(/^#\s+/, "");
  const isGood = isRoomName(name);
  at("roomError").textContent = isGood ? "" : say("badRoom", { room: name });
  if (isGood) {
    at("txtRoom").value = "";
    open(name);
    at("txtMsg").focus();
  } else {
    at("txtRoom").focus();
  }
}

function rename() {
  const name = at("txtName").value.trim();
  at("nameError").textContent = isName(name) ? "" : say("badName");
  if (isName(name) && name !== savedName()) {
    remember("name", name);
    client.rename(name);
  }
}

function listen() {
  const submits = { frmMsg: () => box.send(), frmRoom: joinRoom, frmName: rename };
  for (const [id, act] of Object.entries(submits)) {
    at(id).addEventListener("submit", (event) => {
      event.preventDefault();
      act();
    });
  }
  at("txtName").addEventListener("change", rename);
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
  addEventListener("pagehide", () => rooms.save());
  addEventListener("online", () => client.retryNow());
  // A page in the background has slow timers: it comes back at once when it is looked at again.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      rooms.save();
    } else {
      client.retryNow();
    }
    see();
  });
}

frame("chat", words);
at("txtName").value = savedName();
listen();
open(roomOf(location.search), { push: false });
whenSpoken(() => {
  list.redraw();
  draw(...PARTS);
});
client.addEventListener("state", onState);
client.connect();
