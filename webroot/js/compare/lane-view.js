/** One lane on the page: its way, its dots, its figures. */

import { spoken, say } from "../common/i18n.js";
import { bytes, duration, number } from "../common/format.js";
import { Track } from "./transport-row.js";

export class LaneView {
  #name;
  #lane;
  #element;
  track;

  /** `name` is the key of the lane's words. */
  constructor(name, lane, place) {
    this.#name = name;
    this.#lane = lane;
    const copy = document.getElementById("lane").content.cloneNode(true);
    this.#element = copy.firstElementChild;
    this.#element.dataset.lane = name;
    const heading = this.#find("h2");
    heading.id = `lane-${name}`;
    heading.dataset.word = name;
    this.#find(".way .hint").dataset.word = `${name}Is`;
    this.#element.setAttribute("aria-labelledby", heading.id);
    place.append(copy);
    this.track = new Track(this.#find("canvas"));
    this.#follow();
  }

  #find(selector) {
    return this.#element.querySelector(selector);
  }

  #follow() {
    this.#lane.addEventListener("asked", () => this.track.asked(performance.now()));
    this.#lane.addEventListener("answered", () => this.track.answered());
    this.#lane.addEventListener("open", ({ detail }) => (this.track.open = detail));
  }

  /** Writes the figures as they are now. */
  write() {
    const { tally } = this.#lane;
    const language = spoken();
    const each = tally.bytesEach();
    this.#put(".requests", number(language, tally.requests));
    this.#put(".empty", tally.empty > 0 ? say("empty", { count: number(language, tally.empty) }) : "");
    this.#put(".bytes", bytes(language, tally.bytes));
    this.#put(".each", each === null ? "" : say("bytesEach", { bytes: bytes(language, Math.round(each)) }));
    for (const [name, millis] of [["mean", tally.mean()], ["p99", tally.p99()]]) {
      this.#put(`.${name}`, millis === null ? "–" : duration(language, rounded(millis)));
    }
  }

  #put(selector, text) {
    const element = this.#find(selector);
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }
}

/** Tenths below ten milliseconds, whole ones above. */
export function rounded(millis) {
  return millis < 10 ? Math.round(millis * 10) / 10 : Math.round(millis);
}
