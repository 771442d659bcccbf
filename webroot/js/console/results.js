/** Shows how requests of the console ended. */

import { translate } from "../translations/console.js";

/** Shows a result, `{good, text}`. */
export function showResult(target, { good, text }) {
  target.dataset.good = String(good);
  target.textContent = text;
}

/** Returns the text of an `HttpError`. */
export function errorText({ status, message }) {
  return status === 0 ? translate("unreachable") : translate("refused", { reason: message });
}
