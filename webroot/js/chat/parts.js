/** Parts of the page that are drawn where something has changed, once a frame. */
export class Parts {
  #drawers;
  #stale = new Set();
  #frame = 0;

  /** `drawers` are functions by the names of the parts. */
  constructor(drawers) {
    this.#drawers = drawers;
  }

  draw(...names) {
    names.forEach((name) => this.#stale.add(name));
    this.#frame ||= requestAnimationFrame(() => this.#drawStale());
  }

  drawAll() {
    this.draw(...Object.keys(this.#drawers));
  }

  #drawStale() {
    this.#frame = 0;
    const names = [...this.#stale];
    this.#stale.clear();
    names.forEach((name) => this.#drawers[name]());
  }
}
