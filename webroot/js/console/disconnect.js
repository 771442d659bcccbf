/** Asks before something is done that cannot be taken back, and says what came of it. */

import { say } from "../common/i18n.js";
import { element } from "../common/dom.js";

/**
 * Opens a dialog with a heading, a sentence and, where there are several, choices (`{value, label}`). Fulfilled with the
 * chosen value, or with null where nothing is to be done.
 */
export function ask({ heading, text, choices, action }) {
  const title = element("h2", { id: "askTitle", textContent: heading });
  const form = element("form", {}, title);
  if (choices.length > 1) {
    const group = element("div", { className: "choices", role: "radiogroup" }, ...choices.map(radio));
    group.setAttribute("aria-labelledby", "askTitle");
    form.append(group);
  } else {
    form.append(element("p", { textContent: choices[0].label }));
  }
  form.append(element("p", { className: "hint", textContent: text }));
  const cancel = element("button", { type: "button", textContent: say("cancel") });
  const go = element("button", { type: "submit", className: "danger", textContent: action });
  form.append(element("div", { className: "buttons" }, cancel, go));
  const dialog = element("dialog", { className: "ask" }, form);
  dialog.setAttribute("aria-labelledby", "askTitle");
  document.body.append(dialog);
  return new Promise((done) => {
    let answer = null;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer = form.querySelector("input:checked")?.value ?? choices[0].value;
      dialog.close();
    });
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(answer);
    });
    dialog.showModal();
    cancel.focus();
  });
}

function radio({ value, label }, i) {
  const input = element("input", { type: "radio", name: "choice", value, checked: i === 0 });
  return element("label", {}, input, element("span", { textContent: label }));
}

/** Asks, and has the server end a connection, or all of a user. Fulfilled with what came of it, in words; null for nothing. */
export async function disconnect(api, user, client = "") {
  const who = user || say("nobody");
  const one = { value: "one", label: say("disconnectOne", { client }) };
  const all = { value: "all", label: say("disconnectAll", { user }) };
  const choice = await ask({
    heading: say("disconnectHeading", { who }),
    text: say("disconnectText"),
    choices: client ? (user ? [one, all] : [one]) : [all],
    action: say("disconnect"),
  });
  if (choice === null) {
    return null;
  }
  try {
    await api.disconnect(user, choice === "one" ? client : "");
    return { good: true, text: choice === "one" ? say("disconnectedOne", { client }) : say("disconnectedAll", { who }) };
  } catch (problem) {
    return { good: false, text: failure(problem) };
  }
}

/** Why something was not done, in words. */
export function failure({ status, message }) {
  return status === 0 ? say("unreachable") : say("refused", { reason: message });
}
