/**
 * What every page has around its own matter: name, links to the other pages, the connection's state,
 * language, light and dark. `frame("chat")` fills the page's `<header class="bar">`.
 *
 * A page may put buttons of its own into the header: in front those in `<div class="before">`, behind
 * the state those in `<div class="after">`.
 */

import frameWords from "../translations/header.js";
import { learn, say, speak, speakOther, whenSpoken } from "./i18n.js";
import { isDark, paintOther, whenPainted } from "./theme.js";

/** The pages by the keys of their words. */
const PAGES = { chat: "./", quotes: "quotes.html", compare: "compare.html", admin: "admin.html", api: "api.html" };

/** How often the seconds to the next attempt are written. */
const TICK_MILLIS = 250;

let connection = { state: "connecting" };
let ticking = 0;

/**
 * Fills the header.
 *
 * @param page this page's key
 * @param words dictionaries of the page, `{en, zh}`
 * @param pill whether the page has a connection whose state is shown
 */
export function frame(page, words = { en: {}, zh: {} }, { pill = true } = {}) {
  learn(frameWords);
  learn(words);
  const bar = document.querySelector(".bar");
  const name = element("a", { className: "name", href: PAGES.chat, textContent: "Stentor" });
  bar.prepend(...bar.querySelectorAll(".before"), name, menu(page));
  if (pill) {
    bar.append(...state());
  }
  bar.append(...bar.querySelectorAll(".after"), menuButton());
  speak();
  whenSpoken(showState);
}

/** Shows the connection's state, as `Client` tells it with its event `state`. */
export function showConnection(detail) {
  connection = { ...detail };
  clearInterval(ticking);
  if (detail.state === "waiting") {
    ticking = setInterval(showState, TICK_MILLIS);
  }
  showState();
}

function showState() {
  const pill = document.getElementById("state");
  if (!pill) {
    return;
  }
  const { retryAt = 0 } = connection;
  // A browser may be wrong about having no network, so attempts go on when it says so.
  const state = connection.state === "waiting" && !navigator.onLine ? "offline" : connection.state;
  const seconds = Math.max(1, Math.ceil((retryAt - performance.now()) / 1000));
  pill.textContent = say(state, { seconds });
  pill.dataset.state = state;
  // Read aloud when it changes, so without the seconds.
  const spoken = say(state === "waiting" ? "waitingSpoken" : state);
  const voice = document.getElementById("stateSpoken");
  if (voice.textContent !== spoken) {
    voice.textContent = spoken;
  }
}

function state() {
  const pill = element("span", { id: "state", className: "pill", ariaHidden: "true" });
  const voice = element("span", { id: "stateSpoken", className: "unseen", role: "status" });
  return [pill, voice];
}

function menuButton() {
  const button = element("button", { id: "btnMenu", type: "button", textContent: "⋯" });
  button.dataset.label = "menu";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", "menu");
  button.addEventListener("click", () => openMenu(button.ariaExpanded !== "true"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && button.ariaExpanded === "true") {
      openMenu(false);
      button.focus();
    }
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!target.closest("#menu, #btnMenu")) {
      openMenu(false);
    }
  });
  return button;
}

function openMenu(open) {
  document.getElementById("btnMenu").ariaExpanded = String(open);
  document.getElementById("menu").classList.toggle("open", open);
}

function menu(page) {
  const links = Object.entries(PAGES).map(([key, href]) => {
    const link = element("a", { href });
    link.dataset.word = key;
    if (key === page) {
      link.ariaCurrent = "page";
    }
    return link;
  });
  const nav = element("nav", {});
  nav.dataset.label = "pages";
  nav.append(...links);
  const language = element("button", { id: "btnLanguage", type: "button" });
  language.addEventListener("click", speakOther);
  const theme = element("button", { id: "btnTheme", type: "button" });
  theme.addEventListener("click", paintOther);
  const showSwitches = () => {
    language.textContent = say("language");
    language.lang = document.documentElement.lang === "en" ? "zh-CN" : "en";
    theme.textContent = say(isDark() ? "themeLight" : "themeDark");
  };
  whenSpoken(showSwitches);
  whenPainted(showSwitches);
  const whole = element("div", { id: "menu", className: "menu" });
  const switches = element("div", { className: "switches" });
  switches.append(language, theme);
  whole.append(nav, switches);
  return whole;
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
