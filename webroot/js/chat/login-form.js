/**
 * The forms with which users say who they are: by a name, or by a token. The panel with the token is open while the
 * server needs one, or while the user wants it to be.
 */

import { byId, onSubmit } from "../common/dom.js";
import { browserStorage } from "../common/storage.js";
import { translate } from "../translations/chat.js";
import { isToken } from "./token-store.js";
import { isUserName } from "./user-names.js";

/** Returns the name that was chosen in an earlier visit; empty if there is none. */
export function savedName() {
  const name = browserStorage.get("name", "");
  return typeof name === "string" && isUserName(name) ? name : "";
}

export class LoginForm {
  #tokens;
  #actions;
  #isOpen = false;
  #reason = null;
  #hasDemoLogin = false;
  #error = "";

  /**
   * Creates the forms.
   *
   * @param tokens the `TokenStore`
   * @param actions has `changed()` (draw the forms again), `closeDrawers()`, `renamed(name)` and `tokenChanged()`
   */
  constructor(tokens, actions) {
    this.#tokens = tokens;
    this.#actions = actions;
    this.#showName();
    byId("txtName").addEventListener("change", () => this.#rename());
    onSubmit("frmName", () => this.#rename());
    byId("btnToken").addEventListener("click", () => this.#toggle());
    byId("btnForget").addEventListener("click", () => this.#changeToken(() => tokens.forget()));
    onSubmit("frmToken", () => this.#paste(byId("txtToken").value.trim()));
    onSubmit("frmDemo", () => this.#demoLogin(byId("txtDemo").value.trim()));
    byId("login").addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && this.#isOpen) {
        this.#toggle();
        byId("btnToken").focus();
      }
    });
  }

  /** Draws the forms. `reason` is the key of the text that says why a token is needed; `null` if it is not. */
  draw(reason) {
    if (reason !== null && this.#reason === null) {
      this.#checkDemoLogin();
    }
    this.#reason = reason;
    const { isPasted, user } = this.#tokens;
    byId("txtName").readOnly = isPasted;
    byId("btnName").hidden = isPasted;
    byId("nameHint").textContent = isPasted ? translate(user ? "nameOfToken" : "noNameInToken") : "";
    const isOpen = this.#isOpen || reason !== null;
    byId("login").hidden = !isOpen;
    byId("btnToken").ariaExpanded = String(isOpen);
    byId("btnToken").textContent = translate(isPasted ? "yourToken" : "haveToken");
    byId("loginText").textContent = isOpen ? translate(this.#textKey()) : "";
    byId("frmDemo").hidden = !this.#hasDemoLogin || isPasted;
    byId("btnForget").hidden = !isPasted;
    byId("loginError").textContent = this.#error && translate(this.#error);
  }

  #textKey() {
    if (this.#reason === "tokenNeeded" && this.#hasDemoLogin) {
      return "nameNeeded";
    }
    return this.#reason ?? "tokenPurpose";
  }

  #toggle() {
    this.#actions.closeDrawers();
    this.#isOpen = !this.#isOpen;
    this.#error = "";
    this.#actions.changed();
    if (this.#isOpen) {
      this.#checkDemoLogin();
      requestAnimationFrame(() => byId("txtToken").focus());
    }
  }

  async #checkDemoLogin() {
    this.#hasDemoLogin = await this.#tokens.isDemoLoginOffered();
    this.#actions.changed();
  }

  #rename() {
    const name = byId("txtName").value.trim();
    if (!this.#tokens.isPasted) {
      byId("nameError").textContent = isUserName(name) ? "" : translate("badName");
      if (isUserName(name) && name !== this.#tokens.name) {
        this.#setName(name);
      }
    }
  }

  #demoLogin(name) {
    const isValid = name !== "" && isUserName(name);
    this.#error = isValid ? "" : "badName";
    if (isValid) {
      this.#isOpen = false;
      this.#setName(name);
      byId("txtMsg").focus();
    }
    this.#actions.changed();
  }

  #setName(name) {
    browserStorage.set("name", name);
    this.#tokens.rename(name);
    this.#showName();
    this.#actions.renamed(name);
  }

  #paste(token) {
    if (isToken(token)) {
      this.#changeToken(() => this.#tokens.paste(token));
    } else {
      this.#error = "badToken";
      this.#actions.changed();
      byId("txtToken").focus();
    }
  }

  #changeToken(change) {
    change();
    byId("txtToken").value = "";
    this.#isOpen = false;
    this.#error = "";
    this.#showName();
    this.#actions.tokenChanged();
    this.#actions.changed();
    byId("txtMsg").focus();
  }

  #showName() {
    byId("txtName").value = this.#tokens.isPasted ? this.#tokens.user : this.#tokens.name;
  }
}
