/** What this browser remembers of its user: language, light or dark, rooms that were visited. */

const ROOMS_KEPT = 12;

/** `en` or `zh`: as chosen, else as the browser speaks. */
export function language() {
  const chosen = read("language");
  if (chosen === "en" || chosen === "zh") {
    return chosen;
  }
  return /^zh\b/i.test(navigator.language) ? "zh" : "en";
}

export function rememberLanguage(value) {
  write("language", value);
}

/** `light` or `dark` as chosen, `null` while the system decides. */
export function chosenTheme() {
  const chosen = read("theme");
  return chosen === "light" || chosen === "dark" ? chosen : null;
}

/** Whether the system wants dark; tells when that changes. */
export const systemTheme = matchMedia("(prefers-color-scheme: dark)");

export function rememberTheme(value) {
  write("theme", value);
}

/** Rooms that were visited, newest first, at most twelve. */
export function visitedRooms() {
  try {
    const rooms = JSON.parse(read("rooms") ?? "[]");
    return Array.isArray(rooms) ? rooms.filter((room) => typeof room === "string") : [];
  } catch {
    return [];
  }
}

export function rememberRoom(room) {
  const others = visitedRooms().filter((other) => other !== room);
  write("rooms", JSON.stringify([room, ...others].slice(0, ROOMS_KEPT)));
}

// A browser may refuse storage altogether; the page then works without remembering.
function read(key) {
  try {
    return localStorage.getItem(`stentor.${key}`);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(`stentor.${key}`, value);
  } catch {
    // Refused or full: the choice holds until the page is left.
  }
}
