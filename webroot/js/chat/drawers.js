/** Columns and panels that open and close by a button. One is open at a time. */

const drawers = [];

/**
 * A drawer. Escape, and a click beside it, close it; the focus goes in and comes back.
 *
 * @param button that opens and closes it
 * @param panel what is opened
 * @param show `show(open)` shows or hides it
 */
export function drawer(button, panel, show) {
  const set = (open) => {
    button.ariaExpanded = String(open);
    show(open);
  };
  const one = { button, panel, set };
  drawers.push(one);
  button.addEventListener("click", () => {
    const open = button.ariaExpanded !== "true";
    closeDrawers();
    set(open);
    if (open) {
      panel.querySelector("a, button, input")?.focus();
    }
  });
}

/** Closes what is open, and returns whether anything was. */
export function closeDrawers() {
  const open = drawers.filter(({ button }) => button.ariaExpanded === "true");
  open.forEach(({ set }) => set(false));
  return open.length > 0;
}

document.addEventListener("keydown", (event) => {
  const open = drawers.find(({ button }) => button.ariaExpanded === "true");
  if (event.key === "Escape" && open) {
    closeDrawers();
    open.button.focus();
  }
});

document.addEventListener("pointerdown", ({ target }) => {
  const isInside = drawers.some(({ button, panel }) => button.contains(target) || panel.contains(target));
  if (!isInside) {
    closeDrawers();
  }
});
