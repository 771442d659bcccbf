/** The box that one writes in. */

/** What an empty box sends, in every language. */
const GREETING = "你好，我是客户端";

/** Limit of what goes to the server at once, where no room has a larger one; and what is around a text. */
const MOST_AT_ONCE_BYTES = 64 * 1024;
const AROUND_BYTES = 512;

/**
 * Makes a textarea the box. `act` has `say(text)`, `most()` (the room's limit in bytes, if it is known)
 * and `refuse(key, values)`, which tells why a text stays in the box.
 */
export function composer(area, act) {
  const encoder = new TextEncoder();
  const button = area.form.querySelector("[type=submit]");
  area.placeholder = GREETING;

  function send() {
    if (button.disabled) {
      return;
    }
    const text = area.value.trim() || GREETING;
    const bytes = encoder.encode(JSON.stringify(text)).length;
    const limit = act.most() ?? MOST_AT_ONCE_BYTES;
    const most = Math.min(limit, Math.max(limit, MOST_AT_ONCE_BYTES) - AROUND_BYTES);
    if (bytes > most) {
      act.refuse("tooLong", { bytes, most });
      return;
    }
    area.value = "";
    act.say(text);
  }

  area.addEventListener("keydown", (event) => {
    // While an input method is composing, Enter takes its suggestion.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      send();
    }
  });

  return {
    send,
    get text() {
      return area.value;
    },
    set text(text) {
      area.value = text;
    },
  };
}
