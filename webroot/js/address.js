/** Rooms and where they are: names, page links and WebSocket addresses. Nothing here touches the page. */

/** The room of a page whose address names none. */
export const LOBBY = "lobby";

const NAME = /^(?!\p{M})[\p{L}\p{Nd}\p{Mn}\p{Mc}._\-:@#~+]{1,128}$/u;

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
 * The WebSocket address of a room for a page at `location`. It keeps the page's host and path
 * prefix, and is encrypted where the page is: the lobby is the prefix itself, other rooms are
 * `rooms/{room}` below it.
 */
export function socketAddress(location, room) {
  const path = room === LOBBY ? "./" : `./rooms/${encodeURIComponent(room)}`;
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
