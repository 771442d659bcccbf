/** The clipboard. */

import { element } from "./dom.js";

/** Copies a text. Returns a promise whether that was possible. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text); // The page was not loaded over TLS, or the browser refuses.
  }
}

function copySelected(text) {
  const box = element("textarea", { className: "visually-hidden", value: text });
  const focused = document.activeElement;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  focused?.focus();
  return done;
}
