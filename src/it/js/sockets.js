// Connections that can be cut, counted, and sent to another node, as a load balancer would: WebSockets, and for the
// other transports fetch and EventSource, of which Node has only the first.
"use strict";

(() => {
  const elsewhere = new Map();
  const moved = (url) => {
    const { origin } = new URL(url);
    return url.replace(origin, elsewhere.get(origin) ?? origin);
  };

  /** A ping is an empty object: a text, or in Protobuf a byte. */
  const isPing = (data) => data === "{}" || (data.byteLength === 1 && new Uint8Array(data)[0] === 0);

  const sockets = (Native) => {
    const opened = [];

    class WatchedSocket extends Native {
      constructor(url, ...more) {
        super(moved(url), ...more);
        this.pingsHeard = 0;
        this.addEventListener("message", (message) => {
          if (isPing(message.data)) this.pingsHeard++;
        });
        opened.push(this);
      }

      cut() {
        if (this.terminate) this.terminate();
        else this.close();
      }
    }

    return { WebSocket: WatchedSocket, of: (transport) => opened.find((one) => one === transport._transport) };
  };

  const fetches = (native) => {
    const streams = new Map();

    const counting = (stream) => {
      const decoder = new TextDecoder();
      let rest = "";
      return new TransformStream({
        transform(chunk, out) {
          const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
          rest = lines.pop();
          stream.pingsHeard += lines.filter((line) => line === "{}").length + (isPing(chunk) ? 1 : 0);
          out.enqueue(chunk);
        },
      });
    };

    const fetch = async (url, options) => {
      const knife = new AbortController();
      const signal = AbortSignal.any([knife.signal, ...(options.signal ? [options.signal] : [])]);
      const answer = await native(moved(url), { ...options, signal });
      if (answer.status !== 200 || !answer.body) return answer;
      const stream = { pingsHeard: 0, cut: () => knife.abort() };
      streams.set(options.signal, stream);
      return { ok: true, status: 200, body: answer.body.pipeThrough(counting(stream)) };
    };

    return { fetch, of: (transport) => streams.get(transport._abortController?.signal) };
  };

  /** As much of it as the SDK uses. */
  class FetchedEventSource extends EventTarget {
    constructor(url) {
      super();
      this.knife = new AbortController();
      this.listen(url).catch(() => this.knife.signal.aborted || this.tell(new Event("error")));
    }

    tell(event) {
      this[`on${event.type}`]?.(event);
      this.dispatchEvent(event);
    }

    async listen(url) {
      const answer = await fetch(url, { headers: { Accept: "text/event-stream" }, signal: this.knife.signal });
      if (!answer.ok) throw new Error(answer.status);
      this.tell(new Event("open"));
      const decoder = new TextDecoder();
      let rest = "";
      for await (const chunk of answer.body) {
        const events = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
        rest = events.pop();
        for (const event of events) {
          const data = event.split("\n").filter((line) => line.startsWith("data: "));
          const text = data.map((line) => line.slice("data: ".length)).join("\n");
          if (data.length) this.tell(new MessageEvent("message", { data: text }));
        }
      }
      throw new Error("the stream has ended");
    }

    close() {
      this.knife.abort();
    }
  }

  const events = (Native) => {
    const opened = [];

    class WatchedEventSource extends Native {
      constructor(url) {
        super(moved(url));
        this.pingsHeard = 0;
        this.addEventListener("message", (message) => {
          if (message.data === "{}") this.pingsHeard++;
        });
        opened.push(this);
      }

      cut() {
        this.close();
        this.onerror(new Event("error"));
      }
    }

    return { EventSource: WatchedEventSource, of: (transport) => opened.find((one) => one === transport._transport) };
  };

  globalThis.watchedSockets = (Socket) => {
    const all = [sockets(Socket), fetches(globalThis.fetch), events(globalThis.EventSource ?? FetchedEventSource)];
    const of = (client) => all.map((one) => one.of(client._transport)).find((one) => one);
    return {
      WebSocket: all[0].WebSocket,
      fetch: all[1].fetch,
      EventSource: all[2].EventSource,
      /** Ends the connection without a word where that is possible. */
      cut: (client) => of(client).cut(),
      /** Whoever connects to one address from now on gets to the other. */
      redirect: (from, to) => elsewhere.set(new URL(from).origin, new URL(to).origin),
      /** Waits until a client was pinged so often. */
      async pings(client, count) {
        while (of(client).pingsHeard < count) await new Promise((done) => setTimeout(done, 50));
      },
    };
  };
})();
