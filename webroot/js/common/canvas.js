/** Canvases: the colours of the page, and drawing at the resolution of the screen. */

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

/** Returns whether the user wants no animation; ask each time. */
export function prefersReducedMotion() {
  return reducedMotion.matches;
}

/** Returns the values of colour tokens such as `--accent` in a form that canvases understand. */
export function tokenColours(names) {
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

/** A canvas that is as large as its box. Coordinates are CSS pixels. */
export class ResponsiveCanvas {
  #canvas;
  #context;
  #width = 0;
  #height = 0;

  /** Wraps a canvas. `onResize` is called when a new size has cleared it. */
  constructor(canvas, onResize = () => {}) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    new ResizeObserver(([{ contentRect }]) => {
      this.#width = contentRect.width;
      this.#height = contentRect.height;
      canvas.width = Math.round(this.#width * devicePixelRatio);
      canvas.height = Math.round(this.#height * devicePixelRatio);
      onResize();
    }).observe(canvas);
  }

  /** Clears the canvas and returns `{context, width, height}`; `null` while it has no size. */
  clear() {
    if (this.#canvas.width === 0 || this.#canvas.height === 0) {
      return null;
    }
    this.#context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.#context.clearRect(0, 0, this.#width, this.#height);
    return { context: this.#context, width: this.#width, height: this.#height };
  }
}
