/** Columns and panels that a button opens and closes. At most one is open. */
export class Drawers {
  #drawers = [];

  /**
   * Creates an empty set of drawers. Escape, and a click outside, close the open one. `scrim` lies behind drawers that
   * cover the page.
   */
  constructor(scrim) {
    // After the click, which would otherwise reach what lies behind.
    scrim.addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => {
      const open = this.#drawers.find(isOpen);
      if (event.key === "Escape" && open) {
        this.close();
        open.button.focus();
      }
    });
    document.addEventListener("pointerdown", ({ target }) => {
      const isInside = this.#drawers.some(({ button, panel }) => button.contains(target) || panel.contains(target));
      if (!isInside && target !== scrim) {
        this.close();
      }
    });
  }

  /**
   * Adds a drawer.
   *
   * @param button opens and closes it
   * @param panel gets the focus when it opens
   * @param setOpen `setOpen(open)` shows or hides the panel
   */
  add(button, panel, setOpen) {
    const drawer = { button, panel, setOpen };
    this.#drawers.push(drawer);
    button.addEventListener("click", () => {
      const open = !isOpen(drawer);
      this.close();
      set(drawer, open);
      if (open) {
        panel.querySelector("a, button, input")?.focus();
      }
    });
  }

  /** Closes the open drawer. */
  close() {
    this.#drawers.filter(isOpen).forEach((drawer) => set(drawer, false));
  }
}

function isOpen({ button }) {
  return button.ariaExpanded === "true";
}

function set({ button, setOpen }, open) {
  button.ariaExpanded = String(open);
  setOpen(open);
}
