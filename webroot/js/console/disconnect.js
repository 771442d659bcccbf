/** Disconnects clients after the user has confirmed it. */

import { element } from "../common/dom.js";
import { translate } from "../translations/console.js";
import { errorText } from "./results.js";

/**
 * Asks the user, then disconnects one connection or all of a user. Returns a promise of the result, `{good, text}`;
 * `null` if the user cancelled.
 */
export async function disconnect(api, user, client = "") {
  const who = user || translate("nobody");
  const one = { value: "one", label: translate("disconnectOne", { client }) };
  const all = { value: "all", label: translate("disconnectAll", { user }) };
  const choice = await confirm({
    heading: translate("disconnectHeading", { who }),
    text: translate("disconnectText"),
    choices: client ? (user ? [one, all] : [one]) : [all],
    action: translate("disconnect"),
  });
  if (choice === null) {
    return null;
  }
  const isOne = choice === "one";
  try {
    await api.disconnect(user, isOne ? client : "");
    const text = isOne ? translate("disconnectedOne", { client }) : translate("disconnectedAll", { who });
    return { good: true, text };
  } catch (error) {
    return { good: false, text: errorText(error) };
  }
}

/**
 * Opens a dialog with a heading, a text and choices, `{value, label}` each. Returns a promise of the chosen value,
 * `null` if the user cancelled.
 */
function confirm({ heading, text, choices, action }) {
  const title = element("h2", { id: "confirmTitle", textContent: heading });
  const form = element("form", {}, title);
  if (choices.length > 1) {
    const group = element("div", { className: "choices", role: "radiogroup" }, ...choices.map(radio));
    group.setAttribute("aria-labelledby", "confirmTitle");
    form.append(group);
  } else {
    form.append(element("p", { textContent: choices[0].label }));
  }
  form.append(element("p", { className: "hint", textContent: text }));
  const cancel = element("button", { type: "button", textContent: translate("cancel") });
  const confirmed = element("button", { type: "submit", className: "danger", textContent: action });
  form.append(element("div", { className: "buttons" }, cancel, confirmed));
  const dialog = element("dialog", { className: "confirm" }, form);
  dialog.setAttribute("aria-labelledby", "confirmTitle");
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
