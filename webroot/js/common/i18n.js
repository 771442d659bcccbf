/**
 * The language of the page and the texts in it. The document keeps the state: its `lang` is the language, and it
 * dispatches an event when that changes.
 *
 * In HTML, `data-text` of an element is the key of its text, and `data-label` the key of its accessible name.
 */

import { browserStorage } from "./storage.js";

const CHANGED = "stentor:language";

/** Returns `en` or `zh`. */
export function language() {
  return document.documentElement.lang.startsWith("zh") ? "zh" : "en";
}

/** Applies the language that was chosen earlier, else that of the browser. */
export function applyLanguage() {
  const chosen = browserStorage.getText("language");
  const isChosen = chosen === "en" || chosen === "zh";
  setLanguage(isChosen ? chosen : /^zh\b/i.test(navigator.language) ? "zh" : "en");
}

/** Changes to the other language and remembers it. */
export function toggleLanguage() {
  setLanguage(language() === "zh" ? "en" : "zh");
  browserStorage.setText("language", language());
  document.dispatchEvent(new Event(CHANGED));
}

/** Calls a function now and after each change of the language. */
export function onLanguageChange(listener) {
  document.addEventListener(CHANGED, () => listener());
  listener();
}

/**
 * Returns a function `translate(key, values)` that gives the text of a key in the present language, with each `{name}`
 * replaced by a value. A dictionary, `{en, zh}`, has the same keys in both languages. A key that is not known is
 * returned as it is.
 */
export function translator(...dictionaries) {
  const merged = (name) => Object.assign({}, ...dictionaries.map((one) => one[name]));
  const texts = { en: merged("en"), zh: merged("zh") };
  return (key, values = {}) => (texts[language()][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Writes the texts and labels of the elements in `root`. */
export function translateElements(root, translate) {
  for (const element of root.querySelectorAll("[data-text]")) {
    element.textContent = translate(element.dataset.text);
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", translate(element.dataset.label));
    if (element.matches("button")) {
      element.title = translate(element.dataset.label);
    }
  }
}

function setLanguage(value) {
  document.documentElement.lang = value === "zh" ? "zh-CN" : "en";
}
