/** The panel that tells what the wire does. */

import { say, spoken } from "../common/i18n.js";

const EVERY_MILLIS = 500;

/** A panel; the function that it returns opens and closes it. `room()` is the room on the page. */
export function inspector(client, room) {
  const panel = document.getElementById("wire");
  let timer = 0;
  return (open) => {
    panel.hidden = !open;
    clearInterval(timer);
    if (open) {
      draw(client, room());
      timer = setInterval(() => draw(client, room()), EVERY_MILLIS);
    }
  };
}

function draw(client, room) {
  const { node, server, roundTripMillis, connects, recovered, messages } = client.figures;
  const count = (number) => number.toLocaleString(spoken());
  const millis = roundTripMillis === null ? "–" : roundTripMillis.toFixed(1);
  const lines = {
    transport: say("transportName"),
    server: server || "–",
    nodeName: node || "–",
    yourConnection: client.id || "–",
    position: room?.position || "–",
    roundTrip: roundTripMillis === null ? "–" : say("roundTripMillis", { millis }),
    connects: count(Math.max(0, connects - 1)),
    heard: count(messages),
    recovered: count(recovered),
  };
  document.getElementById("wireFigures").replaceChildren(
    ...Object.entries(lines).flatMap(([key, value]) => {
      const [term, definition] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = say(key);
      definition.textContent = value;
      return [term, definition];
    }),
  );
}
