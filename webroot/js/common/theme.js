/** Light or dark: as the system is, until one of them is chosen. */

import { chosenTheme, rememberTheme, systemTheme } from "./storage.js";

const listeners = new Set();
let chosen = chosenTheme();

export function isDark() {
  return chosen ? chosen === "dark" : systemTheme.matches;
}

/** Changes to the other one and remembers it. */
export function paintOther() {
  chosen = isDark() ? "light" : "dark";
  rememberTheme(chosen);
  paint();
}

/** Calls a function now, and whenever the page was painted otherwise. */
export function whenPainted(show) {
  listeners.add(show);
  show();
}

function paint() {
  if (chosen) {
    document.documentElement.dataset.theme = chosen;
  }
  listeners.forEach((show) => show());
}

systemTheme.addEventListener("change", paint);
paint();
