/**
 * Light or dark: as the system is set, until the user chooses. The document keeps the state: its `data-theme` is what
 * was chosen, and it dispatches an event when that changes.
 */

import { browserStorage } from "./storage.js";

const CHANGED = "stentor:theme";

const systemDark = matchMedia("(prefers-color-scheme: dark)");

export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : systemDark.matches;
}

/** Applies the theme that was chosen earlier. */
export function applyTheme() {
  const chosen = browserStorage.getText("theme");
  if (chosen === "light" || chosen === "dark") {
    document.documentElement.dataset.theme = chosen;
  }
}

/** Changes to the other theme and remembers it. */
export function toggleTheme() {
  const chosen = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = chosen;
  browserStorage.setText("theme", chosen);
  document.dispatchEvent(new Event(CHANGED));
}

/** Calls a function now and after each change of the theme. */
export function onThemeChange(listener) {
  document.addEventListener(CHANGED, () => listener());
  systemDark.addEventListener("change", () => listener());
  listener();
}
