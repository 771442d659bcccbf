/** What canvases need: the page's colours as they are now, and as many dots as the screen has. */

/** The values of colour tokens such as `--accent`, as a canvas takes them. */
export function colours(names) {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const found = names.map((name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return found;
}

/** Whether nothing should move; ask each time. */
const still = matchMedia("(prefers-reduced-motion: reduce)");
export const isStill = () => still.matches;

/**
 * A canvas that is as large as its box, in CSS pixels. `begin` clears it and returns `{pen, width, height}`, or null
 * while it has no size.
 */
export class Sheet {
  #canvas;
  #pen;
  #width = 0;
  #height = 0;

  /** `onResize` is called when what was painted is gone. */
  constructor(canvas, onResize = () => {}) {
    this.#canvas = canvas;
    this.#pen = canvas.getContext("2d");
    new ResizeObserver(([{ contentRect }]) => {
      this.#width = contentRect.width;
      this.#height = contentRect.height;
      const dense = devicePixelRatio;
      canvas.width = Math.round(this.#width * dense);
      canvas.height = Math.round(this.#height * dense);
      onResize();
    }).observe(canvas);
  }

  begin() {
    if (this.#canvas.width === 0 || this.#canvas.height === 0) {
      return null;
    }
    const dense = devicePixelRatio;
    this.#pen.setTransform(dense, 0, 0, dense, 0, 0);
    this.#pen.clearRect(0, 0, this.#width, this.#height);
    return { pen: this.#pen, width: this.#width, height: this.#height };
  }
}
