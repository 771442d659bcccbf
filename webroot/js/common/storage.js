/** What the browser remembers for the pages. If it refuses storage, the pages work and forget. */

/** Values of JSON, and texts, by key. `area()` returns the `Storage`; reading it may fail. */
class PageStorage {
  #area;

  constructor(area) {
    this.#area = area;
  }

  /** Returns a value, or `fallback` if there is none. */
  get(key, fallback) {
    try {
      return JSON.parse(this.getText(key)) ?? fallback;
    } catch {
      return fallback;
    }
  }

  set(key, value) {
    this.setText(key, JSON.stringify(value));
  }

  /** Returns a text, or `null` if there is none. */
  getText(key) {
    try {
      return this.#area().getItem(`stentor.${key}`);
    } catch {
      return null;
    }
  }

  setText(key, text) {
    try {
      this.#area().setItem(`stentor.${key}`, text);
    } catch {
      // Refused or full: the value holds until the page is left.
    }
  }
}

/** Kept until it is cleared, and shared by all tabs. */
export const browserStorage = new PageStorage(() => localStorage);

/** Kept until this tab is closed. */
export const tabStorage = new PageStorage(() => sessionStorage);
