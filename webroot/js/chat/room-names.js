/** Rooms and where they are: names, page links and WebSocket addresses. Nothing here touches the page. */

/** The room of a page whose address names none. */
export const LOBBY = "lobby";

const NAME = /^(?!\p{M}|\u200c|\u200d)[\p{L}\p{Nd}\p{Mn}\p{Mc}\u200c\u200d._\-:@#~+]{1,128}$/u;

/**
 * Whether a room may have this name: 1 to 128 letters, digits and marks of letters, of any script, and
 * `. _ - : @ # ~ +`.
 * `.` and `..` cannot stand in an address, browsers take them out.
 */
export function isRoomName(name) {
  return NAME.test(name) && name !== "." && name !== "..";
}

/**
 * The room that a page's query asks for, not checked. A plus sign is itself, not a blank: room names
 * may hold the one and never the other. What cannot be decoded is returned as it stands.
 */
export function roomOf(search) {
  for (const pair of search.replace(/^\?/, "").split("&")) {
    const [key, ...value] = pair.split("=");
    if (key === "room") {
      return decoded(value.join("=")) || LOBBY;
    }
  }
  return LOBBY;
}

/** The link to a room's page, relative to this one. */
export function roomLink(room) {
  return room === LOBBY ? "./" : `./?room=${encodeURIComponent(room)}`;
}

/**
 * Where the server is reached for a page at `location`: with the page's host and path prefix, and
 * encrypted where the page is.
 */
export function socketAddress(location) {
  const address = new URL("./connection/websocket", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

/** Where the server tells of a room. */
export function stateAddress(room) {
  return `./rooms/${encodeURIComponent(room)}`;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
