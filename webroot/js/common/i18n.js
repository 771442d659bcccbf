/**
 * What a page says, in the language that was chosen or that the browser speaks. A dictionary has the
 * same keys in `en` and `zh`; `{name}` in a sentence is filled in.
 *
 * In a page, the key in `data-word` of an element is its text, and the one in `data-label` its accessible
 * name.
 */

import { language as preferred, rememberLanguage } from "./storage.js";

const dictionary = { en: {}, zh: {} };
const listeners = new Set();
let language = preferred();

/** Adds the words of a page. */
export function learn(words) {
  Object.assign(dictionary.en, words.en);
  Object.assign(dictionary.zh, words.zh);
}

/** The sentence of a key with its blanks filled in. */
export function say(key, values = {}) {
  return dictionary[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** `en` or `zh`. */
export function spoken() {
  return language;
}

/** Writes the words of a part of the page. */
export function write(root = document) {
  for (const element of root.querySelectorAll("[data-word]")) {
    element.textContent = say(element.dataset.word);
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
    if (element.matches("button")) {
      element.title = say(element.dataset.label);
    }
  }
}

/** Calls a function now, and whenever the language was changed. */
export function whenSpoken(show) {
  listeners.add(show);
  show();
}

/** Speaks the other language from now on, and remembers it. */
export function speakOther() {
  language = language === "zh" ? "en" : "zh";
  rememberLanguage(language);
  speak();
}

/** Writes everything in the language. */
export function speak() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  write();
  listeners.forEach((show) => show());
}
