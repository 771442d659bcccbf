/** The chat page: puts rooms, connection, messages and words together. */
import { LOBBY, isRoomName, roomLink, roomOf, socketAddress } from "./address.js";
import { Connection } from "./connection.js";
import { KEPT, Messages } from "./messages.js";
import * as preferences from "./preferences.js";
import { words } from "./words.js";

/** What an empty box sends, in every language. */
const GREETING = "你好，我是客户端";

const at = (id) => document.getElementById(id);
const box = at("txtMsg");
const room = roomOf(location.search);
const roomIsGood = isRoomName(room);

let language = preferences.language();
let theme = preferences.chosenTheme();
let connectionState = { state: roomIsGood ? "connecting" : "closed" };
let notice = roomIsGood ? null : { key: "badRoom", values: { room } };
let listState = { unread: 0, trimmed: false, empty: true };
let lastSent = "";
let ticking = 0;

const say = (key, values) => words(language, key, values);
const messages = new Messages(at("log"), at("ulMsg"), (state) => {
  listState = state;
  showList();
});
const connection = roomIsGood ? new Connection(socketAddress(location, room)) : null;

function send() {
  const text = box.value.trim() || GREETING;
  if (!connection?.send(text)) {
    showNotice("notConnected");
    return;
  }
  lastSent = text;
  box.value = "";
  notice = null;
  showNotice();
  messages.toEnd();
}

function onState({ detail }) {
  connectionState = detail;
  if (detail.state === "live" && ["notConnected", "closedNotice"].includes(notice?.key)) {
    notice = null;
  }
  if (detail.state === "closed") {
    notice = { key: "closedNotice", values: detail };
  }
  clearInterval(ticking);
  if (detail.state === "waiting") {
    ticking = setInterval(showState, 250);
  }
  showState();
  showNotice();
}

function onUnsure({ detail }) {
  box.value = box.value ? `${lastSent}\n${box.value}` : lastSent;
  showNotice(detail.tooLong ? "tooLong" : "unsure");
}

function showState() {
  const { state, retryAt = 0 } = connectionState;
  const seconds = Math.max(1, Math.ceil((retryAt - performance.now()) / 1000));
  at("state").textContent = say(state, { seconds });
  at("state").dataset.state = state;
  // Read aloud when it changes, so without the seconds.
  const spoken = say(state === "waiting" ? "waitingSpoken" : state);
  if (at("stateSpoken").textContent !== spoken) {
    at("stateSpoken").textContent = spoken;
  }
  at("btnSend").disabled = state !== "live";
  at("btnRetry").hidden = !roomIsGood || state !== "closed";
}

function showNotice(key, values) {
  if (key) {
    notice = { key, values };
  }
  at("notice").hidden = notice === null;
  at("noticeText").textContent = notice ? say(notice.key, notice.values) : "";
}

function showList() {
  const { unread, trimmed, empty } = listState;
  at("empty").hidden = !empty || !roomIsGood;
  at("trimmed").hidden = !trimmed;
  at("btnNew").hidden = unread === 0;
  at("btnNew").textContent = say("newMessages", { count: unread });
}

function showRooms() {
  const names = [...new Set([LOBBY, ...(roomIsGood ? [room] : []), ...preferences.visitedRooms()])];
  at("ulRooms").replaceChildren(
    ...names.filter(isRoomName).map((name) => {
      const link = document.createElement("a");
      link.href = roomLink(name);
      link.textContent = `# ${name}`;
      if (name === room) {
        link.setAttribute("aria-current", "page");
      }
      const row = document.createElement("li");
      row.append(link);
      return row;
    }),
  );
}

function showWords() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = say("title", { room });
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = say(element.dataset.word);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
  }
  at("btnLanguage").textContent = say("language");
  at("btnLanguage").lang = language === "zh" ? "en" : "zh-CN";
  at("trimmed").textContent = say("trimmed", { count: KEPT.toLocaleString(language) });
  messages.speak(language);
  showTheme();
  showState();
  showNotice();
  showList();
}

function isDark() {
  return theme ? theme === "dark" : preferences.systemTheme.matches;
}

function showTheme() {
  if (theme) {
    document.documentElement.dataset.theme = theme;
  }
  at("btnTheme").textContent = say(isDark() ? "themeLight" : "themeDark");
}

function joinRoom() {
  const name = at("txtRoom").value.trim().replace(/^#\s+/, "");
  if (isRoomName(name)) {
    location.assign(roomLink(name));
    return;
  }
  at("roomError").textContent = say("badRoom", { room: name });
  at("txtRoom").focus();
}

function openDrawer(open) {
  at("rooms").classList.toggle("open", open);
  at("btnRooms").setAttribute("aria-expanded", String(open));
  if (open) {
    at("ulRooms").querySelector("a")?.focus();
  }
}

function onKey(event) {
  const typing = event.target.matches("input, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
  } else if (event.key === "Escape" && at("rooms").classList.contains("open")) {
    openDrawer(false);
    at("btnRooms").focus();
  }
}

function onBoxKey(event) {
  // While an input method is composing, Enter takes its suggestion.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
    event.preventDefault();
    send();
  }
}

function listen() {
  box.addEventListener("keydown", onBoxKey);
  document.addEventListener("keydown", onKey);
  const submits = { frmMsg: send, frmRoom: joinRoom };
  for (const [id, act] of Object.entries(submits)) {
    at(id).addEventListener("submit", (event) => {
      event.preventDefault();
      act();
    });
  }
  const clicks = {
    btnNew: () => messages.toEnd(),
    btnRetry: () => connection.connect(),
    btnRooms: () => openDrawer(!at("rooms").classList.contains("open")),
    btnLanguage: () => {
      language = language === "zh" ? "en" : "zh";
      preferences.rememberLanguage(language);
      showWords();
    },
    btnTheme: () => {
      theme = isDark() ? "light" : "dark";
      preferences.rememberTheme(theme);
      showTheme();
    },
  };
  for (const [id, act] of Object.entries(clicks)) {
    at(id).addEventListener("click", act);
  }
  document.querySelector("main").addEventListener("pointerdown", () => openDrawer(false));
  preferences.systemTheme.addEventListener("change", showTheme);
}

box.placeholder = GREETING;
at("roomName").textContent = `# ${room}`;
listen();
showRooms();
showWords();
if (connection) {
  preferences.rememberRoom(room);
  connection.addEventListener("state", onState);
  connection.addEventListener("text", ({ detail }) => messages.add(detail));
  connection.addEventListener("unsure", onUnsure);
  connection.connect();
}
