/** A short sound for new messages, which is off until the user switches it on. */

import { browserStorage } from "../common/storage.js";

const HERTZ = 880;
const SECONDS = 0.18;
const VOLUME = 0.12;
/** Messages that come together make one sound. */
const PAUSE_MILLIS = 1_000;

export class Sound {
  #isOn = browserStorage.get("sound", false) === true;
  #context = null;
  #playedAt = -PAUSE_MILLIS;

  /** Creates the sound for a checkbox that switches it. */
  constructor(checkbox) {
    checkbox.checked = this.#isOn;
    checkbox.addEventListener("change", () => {
      this.#isOn = checkbox.checked;
      browserStorage.set("sound", this.#isOn);
      this.play();
    });
  }

  /** Plays the sound, if it is on. Browsers allow it after the user has clicked or typed something in the page. */
  play() {
    const now = performance.now();
    if (!this.#isOn || now - this.#playedAt < PAUSE_MILLIS) {
      return;
    }
    this.#playedAt = now;
    this.#context ??= new AudioContext();
    this.#context.resume();
    const tone = this.#context.createOscillator();
    const volume = this.#context.createGain();
    const start = this.#context.currentTime;
    volume.gain.setValueAtTime(VOLUME, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + SECONDS);
    tone.frequency.value = HERTZ;
    tone.connect(volume).connect(this.#context.destination);
    tone.start(start);
    tone.stop(start + SECONDS);
  }
}
