// WebSockets that can be cut, counted, and sent to another node, as a load balancer would.
"use strict";

globalThis.watchedSockets = (Native) => {
  const elsewhere = new Map();
  const opened = [];

  class WatchedSocket extends Native {
    constructor(url, ...more) {
      super(elsewhere.get(url) ?? url, ...more);
      this.pingsHeard = 0;
      this.addEventListener("message", (message) => {
        if (message.data === "{}") this.pingsHeard++;
      });
      opened.push(this);
    }
  }

  const of = (client) => opened.find((socket) => client._transport._transport === socket);

  return {
    WebSocket: WatchedSocket,
    /** Ends the connection without a word where that is possible. */
    cut: (client) => (of(client).terminate ? of(client).terminate() : of(client).close()),
    /** Whoever connects to one address from now on gets to the other. */
    redirect: (from, to) => elsewhere.set(from, to),
    /** Waits until a client was pinged so often. */
    async pings(client, count) {
      while (of(client).pingsHeard < count) await new Promise((done) => setTimeout(done, 50));
    },
  };
};
