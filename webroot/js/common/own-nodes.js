/**
 * The nodes that the pages may connect to. The policy of a page allows its own node only; that of `nodes.html`, which
 * is loaded into a hidden frame, allows exactly the nodes that are known when it is loaded. So connections to other
 * nodes are opened with the functions of such a frame.
 */

import { Nodes } from "../client/nodes.js";
import { element } from "./dom.js";

/** Returns the nodes of the cluster that this page was loaded from. */
export function ownNodes() {
  const url = new URL("./", location.href).href;
  const home = { url, WebSocket, EventSource, fetch: (...request) => fetch(...request) };
  return new Nodes(home, { open });
}

/** The frame stays, since its connections end with it. */
async function open() {
  const frame = element("iframe", { src: "nodes.html", hidden: true, title: "", ariaHidden: "true" });
  const loaded = new Promise((done) => frame.addEventListener("load", done, { once: true }));
  document.body.append(frame);
  await loaded;
  try {
    const inside = frame.contentWindow;
    const { nodes } = JSON.parse(inside.document.body.textContent);
    return {
      urls: nodes,
      WebSocket: inside.WebSocket,
      EventSource: inside.EventSource,
      fetch: (...request) => inside.fetch(...request),
      close: () => frame.remove(),
    };
  } catch (error) {
    frame.remove(); // An error instead of the document, or a proxy that forbids frames.
    throw error;
  }
}
