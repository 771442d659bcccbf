/** The field in which one names a room to join. */

import { say } from "../common/i18n.js";
import { isRoomName } from "./room-names.js";

const at = (id) => document.getElementById(id);

/** Takes what is submitted there; `open(name)` opens the room. */
export function joining(open) {
  at("frmRoom").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = at("txtRoom").value.trim().replace(/^#\s+/, "");
    const isGood = isRoomName(name);
    at("roomError").textContent = isGood ? "" : say("badRoom", { room: name });
    if (isGood) {
      at("txtRoom").value = "";
      open(name);
    }
    at(isGood ? "txtMsg" : "txtRoom").focus();
  });
}
