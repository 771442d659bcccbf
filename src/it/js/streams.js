// node streams.js CLIENT URL: prints every event that a client of event streams reports, one JSON array a line.
"use strict";

const [name, url] = process.argv.slice(2);
const report = (type, data) => console.log(JSON.stringify([type, data]));

const clients = {
  "fetch-event-source": async () => {
    globalThis.window = globalThis; // made for pages
    const { fetchEventSource } = require("@microsoft/fetch-event-source");
    await fetchEventSource(url, {
      openWhenHidden: true,
      onmessage: ({ event, data }) => report(event || "message", data),
      onclose: () => {
        throw new Error("come again");
      },
    });
  },
  eventsource: () => {
    const { EventSource } = require("eventsource");
    const source = new EventSource(url);
    for (const type of ["message", "position", "members", "join", "leave", "close"]) {
      source.addEventListener(type, (event) => report(type, event.data));
    }
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) report("gave up", "");
    };
  },
};

clients[name]();
