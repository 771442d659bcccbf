/**
 * The panel with which users say who they are, the same on all pages: by a name, by a token, or by the console's key.
 * It is open while the server needs it, or while the user wants it. It fills the page's `<section id="login">`.
 */

import { DENIED, EXPIRED } from "../client/failure.js";
import { byId, element, onSubmit, setText } from "../common/dom.js";
import { translateElements } from "../common/i18n.js";
import { isToken, isUserName } from "./token-store.js";

/** Close codes of the server: the token is invalid; the connect command was refused. */
const INVALID_TOKEN = 3500;
const BAD_REQUEST = 3501;

/**
 * Returns the key of the text that says why the user has to sign in; `null` if that is not necessary.
 *
 * @param closed `{code, duringConnect}` if the server has closed the connection, else `null`
 * @param refusal failure that keeps the client out of a room, or `null`
 * @param isTokenSent whether the last connection had a token
 */
export function signInReason(closed, refusal, isTokenSent) {
  switch (closed?.code) {
    case EXPIRED:
      return "tokenExpired";
    case INVALID_TOKEN:
      return "tokenInvalid";
    case BAD_REQUEST:
      // A connect command without a token is only refused by a server that needs one.
      return closed.duringConnect && !isTokenSent ? "tokenNeeded" : null;
    default:
      return refusal?.code === DENIED && !isTokenSent ? "tokenForRoom" : null;
  }
}

/** The part of the panel that all pages have: a secret to enter, what is wrong with it, and a button to close it. */
export class SecretPanel {
  section = byId("login");
  translate;
  #isWanted = false;
  #reason = null;
  #error = "";
  #field;
  #form;

  /**
   * Creates the panel, which is closed.
   *
   * @param translate gives texts: of the panel, and of the keys `label` and `hint`
   * @param options `name` of the field, its `type`, and the keys `label`, `hint` and `enter` of its texts
   * @param submit `submit(text)` is called with what the user entered
   */
  constructor(translate, { name, type = "text", label, hint, enter }, submit) {
    this.translate = translate;
    this.#field = element("input", { id: `txt${name}`, type, autocomplete: "off", spellcheck: false });
    this.#field.autocapitalize = "none";
    this.#field.setAttribute("aria-describedby", `hint${name} loginError`);
    this.#form = element(
      "form",
      { id: `frm${name}`, className: "field", noValidate: true },
      labelled(label, this.#field.id),
      element("div", { className: "row" }, this.#field, texted("button", enter, { id: `btnUse${name}`, type: "submit" })),
      element("p", { id: "loginError", className: "error", role: "alert" }),
      texted("p", hint, { id: `hint${name}`, className: "hint" }),
    );
    const close = texted("button", "closePanel", { id: "btnLoginEnd", type: "button", hidden: true });
    this.section.prepend(
      texted("h2", "loginTitle", { id: "loginTitle" }),
      element("p", { id: "loginText", role: "status" }),
      this.#form,
      element("div", { className: "row buttons" }, close),
    );
    this.section.setAttribute("aria-labelledby", "loginTitle");
    onSubmit(this.#form.id, () => submit(this.#field.value.trim()));
    this.#field.addEventListener("input", () => this.setError(""));
    close.addEventListener("click", () => this.setWanted(false));
    this.section.addEventListener("keydown", ({ key }) => key === "Escape" && this.setWanted(false));
    translateElements(this.section, translate);
  }

  get isOpen() {
    return this.#isWanted || this.#reason !== null;
  }

  get isWanted() {
    return this.#isWanted;
  }

  /** The key of the text that says why the user has to sign in; `null` if that is not necessary. */
  get reason() {
    return this.#reason;
  }

  /** Says why the user has to sign in: the key of a text; `null` if that is not necessary. */
  require(reason) {
    const isNew = reason !== null && this.#reason !== reason;
    this.#reason = reason;
    this.draw();
    if (isNew) {
      this.focus();
    }
  }

  /** Opens or closes the panel for the user. It stays open while the server needs it. */
  setWanted(wanted) {
    this.#isWanted = wanted;
    this.setError("");
    this.draw();
    if (this.isOpen) {
      this.focus();
    }
  }

  /** Says what is wrong, by the key of a text or as a text, and puts the focus back; an empty one clears it. */
  setError(error) {
    this.#error = error;
    this.draw();
    if (error) {
      this.focus(this.#field);
    }
  }

  /** Empties the field. */
  clear() {
    this.#field.value = "";
  }

  /** Shows the field, or hides it where no secret is accepted. */
  setFieldVisible(visible) {
    this.#form.hidden = !visible;
  }

  /** Puts the focus into this field, else into the first one. */
  focus(field = this.section.querySelector("form:not([hidden]) input:not([readonly])")) {
    if (!this.section.hidden) {
      field?.focus();
      field?.select();
    }
  }

  draw() {
    this.section.hidden = !this.isOpen;
    byId("btnLoginEnd").hidden = this.#reason !== null;
    setText(byId("loginText"), this.isOpen ? this.text() : "");
    setText(byId("loginError"), this.#error && this.translate(this.#error));
    this.#field.setAttribute("aria-invalid", String(this.#error !== ""));
  }

  /** Returns the sentence at the top. */
  text() {
    return this.#reason ? this.translate(this.#reason) : "";
  }
}

/** The panel of the pages that work with tokens. */
export class SignInPanel extends SecretPanel {
  #tokens;
  #actions;
  /** What the server accepts, `{tokens, demo}`; everything until it is known. */
  #accepted = { tokens: true, demo: false };
  #nameError = "";
  #name;
  #nameForm;
  #forget;

  /**
   * Creates the panel.
   *
   * @param tokens the `TokenStore`
   * @param actions has `renamed(name)`, `tokenChanged()` and `closed()`, called when the panel closes
   * @param offersName whether a name is of use without a login
   */
  constructor(translate, tokens, actions, { offersName = false } = {}) {
    const texts = { name: "Token", label: "token", hint: "tokenHint", enter: "useToken" };
    super(translate, texts, (token) => this.#submit(token));
    this.#tokens = tokens;
    this.#actions = actions;
    this.#createName(offersName);
    this.#forget = texted("button", "forgetToken", { id: "btnForget", type: "button" });
    this.#forget.addEventListener("click", () => this.#changeToken(() => tokens.forget()));
    this.section.querySelector(".buttons").prepend(this.#forget);
    this.section.querySelector("#frmToken").after(texted("p", "noTokens", { id: "noTokens", hidden: true }));
    translateElements(this.section, translate);
    this.#showName();
    this.draw();
  }

  require(reason) {
    const wasOpen = this.isOpen;
    if (reason !== null && this.reason === null) {
      this.#ask();
    }
    super.require(reason);
    if (wasOpen && !this.isOpen) {
      this.#actions.closed();
    }
  }

  setWanted(wanted) {
    const wasOpen = this.isOpen;
    this.#nameError = "";
    this.#showName();
    super.setWanted(wanted);
    if (wanted) {
      this.#ask();
    } else if (wasOpen && !this.isOpen) {
      this.#actions.closed();
    }
  }

  draw() {
    super.draw();
    const { isPasted } = this.#tokens;
    const { tokens, demo } = this.#accepted;
    this.setFieldVisible(tokens || isPasted);
    byId("noTokens").hidden = tokens || isPasted;
    this.#forget.hidden = !isPasted;
    const isNameOfUse = demo || (this.offersName && this.reason === null);
    this.#nameForm.hidden = isPasted || !isNameOfUse;
    setText(byId("nameHint"), this.translate(demo ? "demoHint" : "nameHint"));
    setText(byId("btnName"), this.translate(demo ? "logIn" : "saveName"));
    setText(byId("nameError"), this.#nameError && this.translate(this.#nameError));
  }

  text() {
    if (this.reason === "tokenNeeded") {
      const { tokens, demo } = this.#accepted;
      return this.translate(demo ? "nameNeeded" : tokens ? "tokenNeeded" : "nobodyNeeded");
    }
    if (this.#tokens?.isPasted && this.reason === null) {
      const { user } = this.#tokens;
      return user ? this.translate("nameOfToken", { user }) : this.translate("noNameInToken");
    }
    return super.text();
  }

  #createName(offersName) {
    this.offersName = offersName;
    this.#name = element("input", { id: "txtName", type: "text", maxLength: 64, autocomplete: "nickname" });
    this.#name.setAttribute("aria-describedby", "nameHint nameError");
    const button = element("button", { id: "btnName", type: "submit", className: "primary" });
    this.#nameForm = element(
      "form",
      { id: "frmName", className: "field", noValidate: true },
      labelled("yourName", "txtName"),
      element("div", { className: "row" }, this.#name, button),
      element("p", { id: "nameError", className: "error", role: "alert" }),
      element("p", { id: "nameHint", className: "hint" }),
    );
    this.section.querySelector("#frmToken").before(this.#nameForm);
    onSubmit("frmName", () => this.#rename(this.#name.value.trim()));
    this.#name.addEventListener("input", () => {
      this.#nameError = "";
      this.draw();
    });
  }

  /** Asks the server what it accepts. */
  async #ask() {
    this.#accepted = (await this.#tokens.loginOptions()) ?? this.#accepted;
    this.draw();
    // Other fields may be visible now.
    if (this.isOpen && byId("txtToken").value === "" && this.#name.value === this.#tokens.name) {
      this.focus();
    }
  }

  #rename(name) {
    const isMissing = name === "" && this.reason === "tokenNeeded";
    if (isMissing || !isUserName(name)) {
      this.#nameError = isMissing ? "nameMissing" : "badName";
      this.draw();
      this.focus(this.#name);
      return;
    }
    if (name !== this.#tokens.name || this.reason !== null) {
      this.#tokens.rename(name);
      this.#actions.renamed(name);
    }
    this.setWanted(false);
  }

  async #submit(token) {
    if (!isToken(token)) {
      this.setError("badToken");
      return;
    }
    // The session goes on until the server has accepted the token.
    const error = await this.#tokens.check(token);
    this.clear();
    if (error) {
      this.setError(error);
    } else {
      this.#changeToken(() => this.#tokens.paste(token));
    }
  }

  #changeToken(change) {
    change();
    this.#actions.tokenChanged();
    this.setWanted(false);
  }

  #showName() {
    if (this.#name) {
      this.#name.value = this.#tokens.name;
    }
  }
}

function texted(tag, key, properties) {
  const created = element(tag, properties);
  created.dataset.text = key;
  return created;
}

function labelled(key, id) {
  return texted("label", key, { htmlFor: id });
}
