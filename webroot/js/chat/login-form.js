/**
 * Where one says who one is: by a token, or by a name where the server has a demo login. It is open while
 * the server asks for that, or while its user wants it to be.
 */

import { say } from "../common/i18n.js";
import { isToken } from "./token-store.js";
import { closeDrawers } from "./drawers.js";
import { isName } from "./user-names.js";

const at = (id) => document.getElementById(id);

export class Door {
  #pass;
  #act;
  #wanted = false;
  #need = null;
  #hasDemo = false;
  #error = "";

  /** `act` has `changed()` (the door), `renew()` (the pass is another one) and `call(name)`. */
  constructor(pass, act) {
    this.#pass = pass;
    this.#act = act;
    at("btnToken").addEventListener("click", () => this.#toggle());
    at("btnForget").addEventListener("click", () => this.#show(() => pass.forget()));
    this.#onSubmit("frmToken", () => this.#paste(at("txtToken").value.trim()));
    this.#onSubmit("frmDemo", () => this.#enter(at("txtDemo").value.trim()));
    at("door").addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && this.#wanted) {
        this.#toggle();
        at("btnToken").focus();
      }
    });
  }

  /** Draws it. `need` is the key of the sentence that says why a token is needed, `null` if it is not. */
  draw(need) {
    if (need !== null && this.#need === null) {
      this.#look();
    }
    this.#need = need;
    const isOpen = this.#wanted || need !== null;
    at("door").hidden = !isOpen;
    at("btnToken").ariaExpanded = String(isOpen);
    at("btnToken").textContent = say(this.#pass.isPasted ? "yourToken" : "haveToken");
    at("doorText").textContent = isOpen ? say(this.#reason()) : "";
    at("frmDemo").hidden = !this.#hasDemo || this.#pass.isPasted;
    at("btnForget").hidden = !this.#pass.isPasted;
    at("doorError").textContent = this.#error && say(this.#error);
  }

  #reason() {
    if (this.#need === "tokenNeeded" && this.#hasDemo) {
      return "nameNeeded";
    }
    return this.#need ?? "tokenAsked";
  }

  #toggle() {
    closeDrawers();
    this.#wanted = !this.#wanted;
    this.#error = "";
    this.#act.changed();
    if (this.#wanted) {
      this.#look();
      requestAnimationFrame(() => at("txtToken").focus());
    }
  }

  async #look() {
    this.#hasDemo = await this.#pass.isDemoOffered();
    this.#act.changed();
  }

  #paste(token) {
    if (isToken(token)) {
      this.#show(() => this.#pass.paste(token));
    } else {
      this.#error = "badToken";
      this.#act.changed();
      at("txtToken").focus();
    }
  }

  #enter(name) {
    const isGood = name !== "" && isName(name);
    this.#error = isGood ? "" : "badName";
    if (isGood) {
      this.#wanted = false;
      this.#act.call(name);
      at("txtMsg").focus();
    }
    this.#act.changed();
  }

  #show(change) {
    change();
    at("txtToken").value = "";
    this.#wanted = false;
    this.#error = "";
    this.#act.renew();
    this.#act.changed();
    at("txtMsg").focus();
  }

  #onSubmit(id, act) {
    at(id).addEventListener("submit", (event) => {
      event.preventDefault();
      act();
    });
  }
}
