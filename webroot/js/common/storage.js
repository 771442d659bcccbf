/** What this browser remembers of its user: language, light or dark, and what pages ask it to. */

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

/** What this browser remembers under a name, as it was given to `remember`; else `otherwise`. */
export function remembered(key, otherwise) {
  try {
    return JSON.parse(read(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Remembers a value of JSON. */
export function remember(key, value) {
  write(key, JSON.stringify(value));
}

/** The same, only as long as this tab is open. */
export function rememberedHere(key, otherwise) {
  try {
    return JSON.parse(sessionStorage.getItem(`stentor.${key}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function rememberHere(key, value) {
  try {
    sessionStorage.setItem(`stentor.${key}`, JSON.stringify(value));
  } catch {
    // Refused or full: forgotten with the next reload.
  }
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
