/**
 * The header of every page: links to the pages, the state of the connection, language and theme. It fills the page's
 * `<header class="bar">`. Buttons of a page in it stand in front if they have the class `before`.
 */

import { element, setText } from "./dom.js";
import { applyLanguage, language, onLanguageChange, toggleLanguage, translateElements } from "./i18n.js";
import { applyTheme, isDark, onThemeChange, toggleTheme } from "./theme.js";

/** The pages by the keys of their names. */
const PAGES = { chat: "./", quotes: "quotes.html", compare: "compare.html", admin: "admin.html", api: "api.html" };

/** How often the seconds to the next attempt are updated. */
const TICK_MILLIS = 250;

export class Header {
  #translate;
  #connection = { state: "connecting" };
  #state = element("span", { id: "state", className: "pill", ariaHidden: "true" });
  #announcer = element("span", { id: "stateAnnouncer", className: "visually-hidden", role: "status" });
  #menu = element("div", { id: "menu", className: "menu" });
  #menuButton = element("button", { id: "btnMenu", type: "button", textContent: "⋯" });
  #ticker = 0;

  /**
   * Fills the header, applies language and theme, and writes the texts of the page.
   *
   * @param page the key of this page
   * @param translate gives the texts of the page and of the header
   * @param hasConnection whether to show the state of a connection
   */
  constructor(page, translate, { hasConnection = true } = {}) {
    this.#translate = translate;
    applyTheme();
    applyLanguage();
    const bar = document.querySelector(".bar");
    const home = element("a", { className: "name", href: PAGES.chat, textContent: "Stentor" });
    this.#fillMenu(page);
    this.#listen();
    bar.prepend(skipLink(), ...bar.querySelectorAll(".before"), home, this.#menu);
    bar.append(...(hasConnection ? [this.#state, this.#announcer] : []), this.#menuButton);
    onLanguageChange(() => {
      translateElements(document, translate);
      this.#showState();
    });
  }

  /** Shows or hides the state of the connection, which is visible at first. */
  setStateVisible(visible) {
    this.#state.hidden = !visible;
  }

  /** Shows the state of the connection, as the event `state` of a `Client` gives it. */
  showConnection(connection) {
    this.#connection = connection;
    clearInterval(this.#ticker);
    if (connection.state === "waiting") {
      this.#ticker = setInterval(() => this.#showState(), TICK_MILLIS);
    }
    this.#showState();
  }

  #showState() {
    const { state, retryAt = 0 } = this.#connection;
    // Browsers may be wrong about having no network, so attempts go on.
    const shown = state === "waiting" && !navigator.onLine ? "offline" : state;
    const seconds = Math.max(1, Math.ceil((retryAt - performance.now()) / 1000));
    this.#state.textContent = this.#translate(shown, { seconds });
    this.#state.dataset.state = shown;
    // Announced after each change, so without the seconds.
    setText(this.#announcer, this.#translate(shown === "waiting" ? "waitingSpoken" : shown));
  }

  #fillMenu(page) {
    const links = Object.entries(PAGES).map(([key, href]) => {
      const link = element("a", { href });
      link.dataset.text = key;
      if (key === page) {
        link.ariaCurrent = "page";
      }
      return link;
    });
    const nav = element("nav", {}, ...links);
    nav.dataset.label = "pages";
    const languageButton = element("button", { id: "btnLanguage", type: "button" });
    languageButton.addEventListener("click", toggleLanguage);
    const themeButton = element("button", { id: "btnTheme", type: "button" });
    themeButton.addEventListener("click", toggleTheme);
    const showSwitches = () => {
      languageButton.textContent = this.#translate("language");
      languageButton.lang = language() === "en" ? "zh-CN" : "en";
      themeButton.textContent = this.#translate(isDark() ? "themeLight" : "themeDark");
    };
    onLanguageChange(showSwitches);
    onThemeChange(showSwitches);
    this.#menu.append(nav, element("div", { className: "switches" }, languageButton, themeButton));
  }

  #listen() {
    const button = this.#menuButton;
    button.dataset.label = "menu";
    button.setAttribute("aria-controls", "menu");
    this.#openMenu(false);
    button.addEventListener("click", () => this.#openMenu(button.ariaExpanded !== "true"));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && button.ariaExpanded === "true") {
        this.#openMenu(false);
        button.focus();
      }
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (!target.closest("#menu, #btnMenu")) {
        this.#openMenu(false);
      }
    });
  }

  #openMenu(open) {
    this.#menuButton.ariaExpanded = String(open);
    this.#menu.classList.toggle("open", open);
  }
}

/** Returns a link past the header, which is visible while it has the focus. */
function skipLink() {
  const main = document.querySelector("main");
  main.id ||= "main";
  main.tabIndex = -1;
  const link = element("a", { className: "skip", href: `#${main.id}` });
  link.dataset.text = "skip";
  link.addEventListener("click", (event) => {
    event.preventDefault(); // The address stays as it is.
    main.focus();
  });
  return link;
}
