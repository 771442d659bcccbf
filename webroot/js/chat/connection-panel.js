/** The panel with details of the connection. */

import { byId, element } from "../common/dom.js";
import { NONE, number } from "../common/intl.js";
import { translate } from "../translations/chat.js";

const UPDATE_MILLIS = 500;

export class ConnectionPanel {
  #client;
  #currentRoom;
  #timer = 0;

  /** Creates the panel of a client. `currentRoom()` returns the room on the screen. */
  constructor(client, currentRoom) {
    this.#client = client;
    this.#currentRoom = currentRoom;
  }

  setOpen(open) {
    byId("connection").hidden = !open;
    clearInterval(this.#timer);
    if (open) {
      this.#draw();
      this.#timer = setInterval(() => this.#draw(), UPDATE_MILLIS);
    }
  }

  #draw() {
    const { node, server, roundTripMillis, connects, recovered, messages, invalid } = this.#client.figures;
    const millis = roundTripMillis?.toFixed(1);
    const lines = {
      transport: translate("transportName"),
      server: server || NONE,
      nodeName: node || NONE,
      nodeUrl: new URL(this.#client.node.url).origin,
      yourConnection: this.#client.id || NONE,
      position: this.#currentRoom()?.position || NONE,
      roundTrip: roundTripMillis === null ? NONE : translate("roundTripMillis", { millis }),
      connects: number(Math.max(0, connects - 1)),
      received: number(messages),
      recovered: number(recovered),
      ...(invalid > 0 ? { invalid: number(invalid) } : {}),
    };
    byId("connectionDetails").replaceChildren(
      ...Object.entries(lines).flatMap(([key, value]) => [
        element("dt", { textContent: translate(key) }),
        element("dd", { textContent: value }),
      ]),
    );
  }
}
