/** Who the user of the page is to the others: by a name that was chosen, or by what a token says. */

import { remember, remembered } from "../common/storage.js";
import { say } from "../common/i18n.js";
import { Door } from "./login-form.js";
import { isName } from "./user-names.js";

const at = (id) => document.getElementById(id);

/** The name that was chosen in an earlier visit; empty for none. */
export function savedName() {
  const name = remembered("name", "");
  return typeof name === "string" && isName(name) ? name : "";
}

export class Me {
  #pass;
  #client;
  #rooms;
  #door;

  /** `changed()` is called where this is to be drawn again. */
  constructor(pass, client, rooms, changed) {
    this.#pass = pass;
    this.#client = client;
    this.#rooms = rooms;
    this.#door = new Door(pass, { changed, renew: () => this.#renew(), call: (name) => this.#call(name) });
    this.#showName();
    at("txtName").addEventListener("change", () => this.#rename());
    at("frmName").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#rename();
    });
  }

  /** Draws it. `need` says why a token is needed, as of `needOf`. */
  draw(need) {
    this.#door.draw(need);
    const { isPasted, user } = this.#pass;
    at("txtName").readOnly = isPasted;
    at("btnName").hidden = isPasted;
    at("nameHint").textContent = isPasted ? say(user ? "nameOfToken" : "nobodyByToken") : "";
  }

  #rename() {
    const name = at("txtName").value.trim();
    if (!this.#pass.isPasted) {
      at("nameError").textContent = isName(name) ? "" : say("badName");
      if (isName(name) && name !== this.#pass.name) {
        this.#call(name);
      }
    }
  }

  #call(name) {
    remember("name", name);
    this.#pass.call(name);
    this.#showName();
    this.#client.rename(name);
    this.#client.connect();
    this.#tryAgain();
  }

  /** The pass is another one. */
  #renew() {
    this.#showName();
    this.#client.renew();
    this.#tryAgain();
  }

  #showName() {
    at("txtName").value = this.#pass.isPasted ? this.#pass.user : this.#pass.name;
  }

  /** Somebody else may be let in where one was refused. */
  #tryAgain() {
    this.#rooms.joined.forEach((conversation) => conversation.tryAgain());
  }
}
