/** The line that searches the loaded messages of the room on the screen. */

import { byId, onSubmit } from "../common/dom.js";
import { number } from "../common/intl.js";
import { translate } from "../translations/chat.js";

export class Search {
  #actions;
  #conversation = null;
  /** The numbers of the messages found, the oldest first; and the index of the one that is shown. */
  #found = [];
  #index = -1;

  /** Creates the search, which is closed. `actions` has `show(number)`, for a message found, and `clear()`. */
  constructor(actions) {
    this.#actions = actions;
    byId("btnSearch").addEventListener("click", () => this.#setOpen(byId("frmSearch").hidden));
    byId("btnSearchEnd").addEventListener("click", () => this.#setOpen(false));
    byId("btnNewer").addEventListener("click", () => this.#step(1));
    byId("txtSearch").addEventListener("input", () => this.#start());
    onSubmit("frmSearch", () => this.#step(-1));
    byId("frmSearch").addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        this.#setOpen(false);
      } else if (event.key === "Enter" && event.shiftKey) {
        event.preventDefault();
        this.#step(1);
      }
    });
  }

  /** Closes the search and searches another conversation from now on; `null` for none. */
  show(conversation) {
    this.#conversation = conversation;
    this.#close();
  }

  /** Searches again after older messages were loaded. What is shown stays; if nothing was, the newest one found is. */
  refresh() {
    const shown = this.#found[this.#index];
    this.#search();
    this.#index = this.#found.indexOf(shown);
    if (shown === undefined && this.#found.length > 0) {
      this.#show(this.#found.length - 1);
    } else {
      this.draw();
    }
  }

  /** Writes the result in the present language. */
  draw() {
    const isEmpty = byId("txtSearch").value.trim() === "";
    const values = { count: number(this.#found.length), place: number(this.#index + 1) };
    byId("found").textContent = isEmpty ? translate("searchLoaded") : translate(this.#key(), values);
    byId("btnOlder").disabled = this.#index <= 0;
    byId("btnNewer").disabled = this.#index + 1 >= this.#found.length;
  }

  #key() {
    if (this.#found.length > 0) {
      return "found";
    }
    return this.#conversation?.more ? "foundNoneLoaded" : "foundNone";
  }

  #setOpen(open) {
    if (open) {
      byId("frmSearch").hidden = false;
      byId("btnSearch").ariaExpanded = "true";
      this.draw();
      byId("txtSearch").focus();
    } else {
      this.#close();
      this.#actions.clear();
      byId("btnSearch").focus();
    }
  }

  #close() {
    byId("frmSearch").hidden = true;
    byId("btnSearch").ariaExpanded = "false";
    byId("txtSearch").value = "";
    this.#found = [];
    this.#index = -1;
  }

  /** Searches again, and shows the newest message found. */
  #start() {
    this.#search();
    this.#show(this.#found.length - 1);
  }

  /** Shows the next message found, in the direction of `step`. Messages may have come meanwhile. */
  #step(step) {
    const shown = this.#found[this.#index];
    this.#search();
    const index = this.#found.indexOf(shown);
    const next = index < 0 ? this.#found.length - 1 : index + step;
    this.#show(Math.min(Math.max(next, 0), this.#found.length - 1));
  }

  #search() {
    const words = byId("txtSearch").value.trim().toLocaleLowerCase();
    const matches = (text) => text.toLocaleLowerCase().includes(words);
    this.#found = words && this.#conversation ? this.#conversation.find(matches) : [];
  }

  #show(index) {
    this.#index = index;
    if (index < 0) {
      this.#actions.clear();
    } else {
      this.#actions.show(this.#found[index]);
    }
    this.draw();
  }
}
