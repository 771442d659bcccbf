/** The lists of joined and recent rooms, and the form to join another one. */

import { byId, element, onSubmit } from "../common/dom.js";
import { translate } from "../translations/chat.js";
import { isRoomName, roomLink } from "./room-names.js";

/** The largest number in a badge. */
const MAX_COUNT = 99;

export class RoomList {
  #actions;
  /** Rows are updated and not created again, since one may be pressed at this moment. */
  #rows = new Map();

  /** Creates empty lists. `actions` has `open(name)` and `leave(name)`. */
  constructor(actions) {
    this.#actions = actions;
    onSubmit("frmRoom", () => this.#join(byId("txtRoom").value.trim().replace(/^#\s+/, "")));
  }

  /**
   * Draws both lists.
   *
   * @param joined `{name, unread}` of each joined room
   * @param recent names of recent rooms
   * @param current name of the room on the screen
   */
  draw(joined, recent, current) {
    const rows = new Map();
    joined.forEach(({ name }) => rows.set(`joined ${name}`, () => this.#joinedRow(name)));
    recent.forEach((name) => rows.set(`recent ${name}`, () => this.#row(name)));
    for (const [key, row] of this.#rows) {
      if (!rows.has(key)) {
        row.remove();
        this.#rows.delete(key);
      }
    }
    rows.forEach((create, key) => {
      if (!this.#rows.has(key)) {
        this.#rows.set(key, create());
        byId(key.startsWith("joined ") ? "ulRooms" : "ulRecent").append(this.#rows.get(key));
      }
    });
    joined.forEach((one) => update(this.#rows.get(`joined ${one.name}`), one, current));
    byId("recent").hidden = recent.length === 0;
  }

  #join(name) {
    const isValid = isRoomName(name);
    byId("roomError").textContent = isValid ? "" : translate("badRoom", { room: name });
    if (isValid) {
      byId("txtRoom").value = "";
      this.#actions.open(name);
    }
    byId(isValid ? "txtMsg" : "txtRoom").focus();
  }

  #joinedRow(name) {
    const row = this.#row(name);
    row.firstChild.append(element("span", { className: "badge" }));
    const leave = element("button", { type: "button", className: "quiet leave", textContent: "×" });
    leave.addEventListener("click", () => this.#actions.leave(name));
    row.append(leave);
    return row;
  }

  #row(name) {
    const link = element("a", { href: roomLink(name) }, element("bdi", { textContent: `# ${name}`, title: name }));
    link.addEventListener("click", (event) => {
      // With a modifier the browser opens another tab or window.
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        this.#actions.open(name);
      }
    });
    return element("li", {}, link);
  }
}

function update(row, { name, unread }, current) {
  const [link, leave] = row.children;
  const badge = link.querySelector(".badge");
  link.ariaCurrent = name === current ? "page" : null;
  link.classList.toggle("has-unread", unread > 0);
  badge.hidden = unread === 0;
  badge.textContent = unread > MAX_COUNT ? `${MAX_COUNT}+` : unread;
  badge.title = translate("newSpoken", { count: unread });
  leave.title = leave.ariaLabel = translate("leaveRoom", { room: name });
}
