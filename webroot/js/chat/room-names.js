/** Names of rooms, and links to their pages. Does not touch the page. */

/** The room of a page whose address names none. */
export const LOBBY = "lobby";

const NAME = /^(?!\p{M})[\p{L}\p{Nd}\p{Mn}\p{Mc}._\-:@#~+]{1,128}$/u;

/**
 * Returns whether a room can have this name: 1 to 128 letters, digits and combining marks of any script, and
 * `. _ - : @ # ~ +`. `.` and `..` cannot, since browsers remove them from addresses.
 */
export function isRoomName(name) {
  return NAME.test(name) && name !== "." && name !== "..";
}

/**
 * Returns the room in the query of a page, which may not be a valid name. A plus sign is no blank here: names can
 * contain it, but no blanks. A value that cannot be decoded is returned as it is.
 */
export function roomInQuery(query) {
  for (const pair of query.replace(/^\?/, "").split("&")) {
    const [key, ...value] = pair.split("=");
    if (key === "room") {
      return decoded(value.join("=")) || LOBBY;
    }
  }
  return LOBBY;
}

/** Returns the link to a room's page, relative to this one. */
export function roomLink(room) {
  return room === LOBBY ? "./" : `./?room=${encodeURIComponent(room)}`;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
