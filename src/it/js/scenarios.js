// What a client does with the official SDK, in Node and in a browser alike. Each scenario is given
//   sdk        the package centrifuge
//   transport  websocket, http_stream or sse
//   urls       one address of that transport for each node
//   posts      where commands are posted if the transport does not carry them
//   tokens     tokens by name
//   sockets    how connections are made, see sockets.js
//   tell(line) says to the test that it has come so far
"use strict";

(() => {
  class Failure extends Error {}

  const same = (actual, expected, what) => {
    const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (a !== e) throw new Failure(`${what}: expected ${e}, got ${a}`);
  };

  const event = (emitter, name, fits = () => true) =>
    new Promise((resolve) => {
      const listener = (ctx) => {
        if (fits(ctx)) {
          emitter.off(name, listener);
          resolve(ctx);
        }
      };
      emitter.on(name, listener);
    });

  const refused = async (promise, code, what) => {
    const error = await promise.then(() => ({ code: "none" }), (e) => e);
    same(error.code, code, what);
  };

  const client = ({ sdk, transport, urls, posts, sockets }, options = {}) =>
    new sdk.Centrifuge(transport === "websocket" ? urls[0] : [{ transport, endpoint: urls[0] }], {
      websocket: sockets.WebSocket,
      fetch: sockets.fetch,
      eventsource: sockets.EventSource,
      emulationEndpoint: posts,
      minReconnectDelay: 200,
      maxReconnectDelay: 500,
      timeout: 20000,
      ...options,
    });

  const connected = async (context, options) => {
    const one = client(context, options);
    one.connect();
    await one.ready();
    return one;
  };

  const subscribed = async (one, room, options) => {
    const subscription = one.newSubscription(room, options);
    const context = event(subscription, "subscribed");
    subscription.subscribe();
    return [subscription, await context];
  };

  /** All publications from now on, and a promise for each number of them. */
  const collect = (subscription) => {
    const got = [];
    const waiting = [];
    subscription.on("publication", (publication) => {
      got.push(publication);
      waiting.filter((one) => one.count === got.length).forEach((one) => one.done(got));
    });
    const upTo = (count) =>
      got.length >= count ? Promise.resolve(got) : new Promise((done) => waiting.push({ count, done }));
    return { got, upTo };
  };

  /** Counts the publications of a subscription that arrive as patches. */
  const patchesOf = (subscription) => {
    const patches = { count: 0 };
    const whole = subscription._handlePublication;
    subscription._handlePublication = (publication) => {
      patches.count += publication.delta ? 1 : 0;
      whole.call(subscription, publication);
    };
    return patches;
  };

  /** Ann listens to a room, and Bob can publish in it. */
  const listening = async (context, name) => {
    const [ann, bob] = [await connected(context), await connected(context)];
    const [hearing] = await subscribed(ann, name);
    return { ann, bob, hearing, heard: collect(hearing) };
  };

  /** The numbers from 1 to count, or what a function makes of each. */
  const numbers = (count, of = (n) => n) => Array.from({ length: count }, (_, i) => of(i + 1));

  /** Publishes numbers up to last while Ann, who has heard 1, is cut off. Was she recovering, has she recovered? */
  const publishDuringCut = async ({ sockets }, name, { ann, bob, hearing, heard }, last) => {
    await bob.publish(name, 1);
    await heard.upTo(1);
    const again = event(hearing, "subscribed");
    sockets.cut(ann);
    for (let i = 2; i <= last; i++) await bob.publish(name, i);
    const back = await again;
    return [back.wasRecovering, back.recovered];
  };

  const room = (name) => `${name}:${Math.random().toString(36).slice(2)}`;

  /** A call of the server API, as a server does it. */
  const order = async ({ urls }, method, body) => {
    const url = new URL(`/api/${method}`, urls[0].replace(/^ws/, "http"));
    const headers = { "X-API-Key": "sdk-key" };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    const { result, error } = await answer.json();
    same(error, undefined, method);
    return result;
  };

  const scenarios = {
    async subscribes_and_publishes(context) {
      const name = room("chat");
      const { ann, bob, hearing, heard } = await listening(context, name);
      await bob.publish(name, { text: "hi", list: [1, 2.5, null] });
      await bob.publish(name, "a \"text\"\n\u00e9\u4f60");
      await hearing.publish(3);
      const got = await heard.upTo(3);
      same(got.map((one) => one.data), [{ text: "hi", list: [1, 2.5, null] }, "a \"text\"\n\u00e9\u4f60", 3], "data");
      same(got.map((one) => one.offset), [1, 2, 3], "offsets");
      same(got[2].info.client !== got[0].info.client, true, "who said it");
      return [ann, bob];
    },

    async connects_and_subscribes_in_one_message(context) {
      const one = client(context);
      const subscriptions = Array.from({ length: 20 }, (_, i) => one.newSubscription(room(`one${i}`)));
      subscriptions.forEach((subscription) => subscription.subscribe());
      one.connect();
      await Promise.all(subscriptions.map((subscription) => subscription.ready()));
      await Promise.all(subscriptions.map((subscription, i) => subscription.publish(i)));
      return [one];
    },

    async sees_who_is_there(context) {
      const [ann, bob] = [await connected(context), await connected(context)];
      const name = room("there");
      const [watching] = await subscribed(ann, name, { joinLeave: true });
      const joined = event(watching, "join");
      const [other] = await subscribed(bob, name);
      same((await joined).info.client.length, 36, "the one who joined");
      same(Object.keys((await watching.presence()).clients).length, 2, "members");
      same(await watching.presenceStats(), { numUsers: 1, numClients: 2 }, "counts");
      const left = event(watching, "leave");
      other.unsubscribe();
      await left;
      watching.unsubscribe();
      // Commands that are posted may overtake each other on their way.
      while ((await ann.presenceStats(name)).numClients > 0) await new Promise((done) => setTimeout(done, 50));
      same(await ann.presenceStats(name), { numUsers: 0, numClients: 0 }, "counts at the end");
      return [ann, bob];
    },

    async reads_history(context) {
      const one = await connected(context);
      const name = room("history");
      for (let i = 1; i <= 5; i++) await one.publish(name, i);
      const all = await one.history(name, { limit: -1 });
      same(all.publications.map((p) => p.data), [1, 2, 3, 4, 5], "all");
      const { epoch } = all;
      const offsets = (page) => page.publications.map((p) => p.offset);
      same(offsets(await one.history(name)), [], "without a limit");
      same(offsets(await one.history(name, { limit: 2 })), [1, 2], "limited");
      same(offsets(await one.history(name, { limit: 2, reverse: true })), [5, 4], "newest first");
      same(offsets(await one.history(name, { limit: 9, since: { offset: 3, epoch } })), [4, 5], "since");
      same(offsets(await one.history(name, { limit: 9, since: { offset: 3, epoch }, reverse: true })), [2, 1], "before");
      await refused(one.history(name, { limit: 1, since: { offset: 3, epoch: "other" } }), 112, "epoch");
      await refused(one.history("unlogged"), 108, "a room without a log");
      return [one];
    },

    async recovers_after_a_cut(context) {
      const name = room("cut");
      const both = await listening(context, name);
      same(await publishDuringCut(context, name, both, 20), [true, true], "recovery");
      await both.bob.publish(name, 21);
      const got = await both.heard.upTo(21);
      same(got.map((one) => one.data), numbers(21), "everything once");
      return [both.ann, both.bob];
    },

    async recovers_more_than_one_answer_holds(context) {
      const name = room("much");
      const { ann, bob, hearing, heard } = await listening(context, name);
      await bob.publish(name, 0);
      await heard.upTo(1);
      hearing.unsubscribe();
      const filler = "x".repeat(1000);
      await Promise.all(numbers(700, (n) => bob.publish(name, { n, filler })));
      hearing.subscribe();
      const got = await heard.upTo(701);
      same(got.map((one) => one.offset), numbers(701), "offsets");
      return [ann, bob];
    },

    async is_told_when_messages_were_lost(context) {
      const name = room("small");
      const both = await listening(context, name);
      same(await publishDuringCut(context, name, both, 9), [true, false], "recovery");
      // What is published after the answer is live: the last ones of it, without a hole.
      const live = both.heard.got.slice(1).map((one) => one.data);
      same(live, [2, 3, 4, 5, 6, 7, 8, 9].slice(8 - live.length), "no part of what was lost");
      same(live.length < 8, true, "something was lost");
      return [both.ann, both.bob];
    },

    async gets_the_latest_value(context) {
      const name = room("latest");
      const bob = await connected(context);
      for (let i = 1; i <= 3; i++) await bob.publish(name, i);
      // On another node, if there is one. It has not had the room before.
      const ann = await connected({ ...context, urls: [context.urls.at(-1)] });
      let newest = 3;
      for (const options of [{}, { since: {} }]) {
        const subscription = ann.newSubscription(name, options);
        const [heard, inside] = [collect(subscription), event(subscription, "subscribed")];
        subscription.subscribe();
        const { wasRecovering, recovered } = await inside;
        same([wasRecovering, recovered], [true, true], "recovery");
        await bob.publish(name, newest + 1);
        const got = await heard.upTo(2);
        same(got.map((one) => [one.data, one.offset]), [[newest, newest], [newest + 1, newest + 1]], "the newest and the next");
        newest++;
        subscription.unsubscribe();
        ann.removeSubscription(subscription);
      }
      const nothing = room("latest");
      const [empty, { wasRecovering, recovered }] = await subscribed(ann, nothing);
      same([wasRecovering, recovered], [true, false], "an empty room");
      const next = event(empty, "publication");
      await bob.publish(nothing, "first");
      same((await next).data, "first", "the next");
      return [ann, bob];
    },

    async gets_what_matches_its_filter(context) {
      const name = room("filtered");
      const publish = async (data, symbol) => {
        const path = `/rooms/${name}/messages?tag.symbol=${symbol}`;
        const url = new URL(path, context.urls[0].replace(/^ws/, "http"));
        const headers = { "Content-Type": "application/json" };
        const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(data) });
        same(answer.status, 201, "status");
      };
      const ann = await connected(context);
      const tagsFilter = { op: "not", nodes: [{ key: "symbol", cmp: "in", vals: ["OTHER", "THIRD"] }] };
      const subscription = ann.newSubscription(name, { tagsFilter });
      const [heard, inside] = [collect(subscription), event(subscription, "subscribed")];
      subscription.subscribe();
      await inside;
      await publish(1, "OTHER");
      await publish(2, "ACME");
      await heard.upTo(1);
      const again = event(subscription, "subscribed");
      context.sockets.cut(ann);
      await publish(3, "THIRD");
      await publish(4, "ACME");
      const back = await again;
      same([back.wasRecovering, back.recovered], [true, true], "recovery");
      await publish(5, "OTHER");
      await publish(6, "ACME");
      const got = await heard.upTo(3);
      same(got.map((one) => [one.data, one.offset]), [[2, 2], [4, 4], [6, 6]], "what matches");
      const wrong = ann.newSubscription(room("wrong"), { tagsFilter: { key: "a", cmp: "eq" } });
      const refused = event(wrong, "unsubscribed");
      wrong.subscribe();
      same((await refused).code, 107, "a filter without a value");
      return [ann];
    },

    async puts_deltas_together(context) {
      const name = room("delta");
      const publish = async (data) => {
        const url = new URL(`/rooms/${name}/messages`, context.urls[0].replace(/^ws/, "http"));
        const headers = { "Content-Type": "application/json" };
        const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(data) });
        same(answer.status, 201, "status");
      };
      const { bytes = context.sdk } = context.sdk;
      const ann = await connected({ ...context, sdk: bytes });
      const subscription = ann.newSubscription(name, { delta: "fossil" });
      const [heard, inside] = [collect(subscription), event(subscription, "subscribed")];
      const patches = patchesOf(subscription);
      subscription.subscribe();
      await inside;
      const quote = (price, more = {}) => ({ name: "A\u00e9ro \u4f60", price, note: "the same ".repeat(9), ...more });
      const all = [quote(1), quote(2), quote(2), 7, quote(3), quote(4, { high: "\u00e8 \"5\"" })];
      for (const data of all) await publish(data);
      await heard.upTo(6);
      same(patches.count, 3, "patches before the cut");
      const again = event(subscription, "subscribed");
      context.sockets.cut(ann);
      all.push(quote(5), quote(6), quote(7));
      for (const data of all.slice(6)) await publish(data);
      const back = await again;
      same([back.wasRecovering, back.recovered], [true, true], "recovery");
      await heard.upTo(9);
      all.push(quote(8));
      await publish(quote(8));
      const got = await heard.upTo(10);
      const json = ({ data }) => (data instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(data)) : data);
      same(got.map(json), all, "everything once");
      same(got.map((one) => one.offset), numbers(10), "offsets");
      same(patches.count >= 6, true, "patches after the cut");
      return [ann];
    },

    async gets_the_latest_value_after_a_cut(context) {
      const name = room("latest");
      const both = await listening(context, name);
      same(await publishDuringCut(context, name, both, 9), [true, true], "recovery");
      const last = event(both.hearing, "publication", ({ data }) => data === 10);
      await both.bob.publish(name, 10);
      await last;
      const got = both.heard.got.map((one) => one.offset);
      same(got, [...new Set(got)].sort((a, b) => a - b), "no repeats");
      const live = got.slice(1);
      same(live, numbers(10).slice(10 - live.length), "the newest and those that follow");
      return [both.ann, both.bob];
    },

    async recovers_after_its_node_was_killed(context) {
      const name = room("killed");
      const ann = await connected(context);
      const [hearing] = await subscribed(ann, name);
      const heard = collect(hearing);
      const bob = await connected({ ...context, urls: [context.urls[1]] });
      for (let i = 1; i <= 10; i++) await bob.publish(name, i);
      await heard.upTo(10);
      const again = event(hearing, "subscribed");
      context.sockets.redirect(context.urls[0], context.urls[1]);
      context.tell("kill");
      await event(ann, "connecting");
      for (let i = 11; i <= 30; i++) await bob.publish(name, i);
      const back = await again;
      same([back.wasRecovering, back.recovered], [true, true], "recovery");
      const got = await heard.upTo(30);
      same(got.map((one) => one.data), numbers(30), "everything once");
      return [ann, bob];
    },

    async recovers_after_a_restart_of_everything(context) {
      const name = room("restarted");
      const ann = await connected(context);
      const [hearing] = await subscribed(ann, name);
      const heard = collect(hearing);
      for (let i = 1; i <= 10; i++) await ann.publish(name, i);
      await heard.upTo(10);
      const again = event(hearing, "subscribed");
      const cut = event(ann, "connecting");
      context.tell("restart");
      await cut;
      const bob = await connected(context);
      for (let i = 11; i <= 30; i++) await bob.publish(name, i);
      const back = await again;
      same([back.wasRecovering, back.recovered], [true, true], "recovery");
      const got = await heard.upTo(30);
      same(got.map((one) => one.data), numbers(30), "everything once");
      return [ann, bob];
    },

    async answers_pings(context) {
      const one = await connected(context);
      let ended = false;
      one.on("connecting", () => (ended = true));
      await context.sockets.pings(one, 4);
      same(ended, false, "was cut");
      same(one.state, "connected", "state");
      return [one];
    },

    async stays_away_after_a_terminal_close(context) {
      const one = await connected(context);
      const ended = event(one, "disconnected");
      one.send({ nobody: "listens" });
      same((await ended).code, 3508, "code");
      same(one.state, "disconnected", "state");
      return [one];
    },

    async is_sent_away_by_a_server(context) {
      const one = await connected(context, { token: context.tokens.long });
      const again = event(one, "connecting");
      await order(context, "disconnect", { user: "ann", disconnect: { code: 4001, reason: "come again" } });
      same((await again).code, 4001, "a code to come again with");
      await one.ready();
      const ended = event(one, "disconnected");
      await order(context, "disconnect", { user: "ann" });
      const { code, reason } = await ended;
      same([code, reason], [3503, "force disconnect"], "a code to stay away with");
      return [one];
    },

    async is_taken_out_of_a_room_by_a_server(context) {
      const one = await connected(context, { token: context.tokens.long });
      const name = room("taken");
      const [subscription] = await subscribed(one, name);
      const ended = event(subscription, "unsubscribed");
      await order(context, "unsubscribe", { user: "ann", channel: name });
      same((await ended).code, 2000, "code");
      same(one.state, "connected", "state");
      subscription.subscribe();
      await subscription.ready();
      return [one];
    },

    async is_put_into_a_room_by_a_server(context) {
      const one = await connected(context, { token: context.tokens.long });
      const name = room("put");
      const told = event(one, "subscribed", (ctx) => ctx.channel === name);
      const heard = event(one, "publication", (ctx) => ctx.channel === name);
      await order(context, "subscribe", { user: "ann", channel: name, data: { welcome: true } });
      same((await told).data, { welcome: true }, "data");
      await order(context, "publish", { channel: name, data: "hi" });
      same((await heard).data, "hi", "publication");
      const ended = event(one, "unsubscribed", (ctx) => ctx.channel === name);
      await order(context, "unsubscribe", { user: "ann", channel: name });
      await ended;
      return [one];
    },

    async is_refused_what_is_not_there(context) {
      const one = await connected(context);
      await refused(one.rpc("add", {}), 108, "rpc");
      await refused(one.presence("unseen"), 108, "presence");
      await refused(one.publish("no room", 1), 107, "a bad name");
      await refused(one.publish("servers", 1), 103, "a room for servers");
      return [one];
    },

    async may_be_in_128_rooms(context) {
      const one = await connected(context);
      const names = Array.from({ length: 128 }, (_, i) => room(`r${i}`));
      await Promise.all(names.map((name) => subscribed(one, name)));
      const more = one.newSubscription(room("more"));
      const ended = event(more, "unsubscribed");
      more.subscribe();
      same((await ended).code, 106, "one more");
      return [one];
    },

    async shows_tokens_and_renews_them(context) {
      let asked = 0;
      const one = client(context, {
        token: context.tokens.expired,
        getToken: async () => (asked++ === 0 ? context.tokens.short : context.tokens.long),
      });
      let ended = 0;
      one.on("connecting", () => ended++);
      one.connect();
      await one.ready();
      const subscription = one.newSubscription("tokens:a", { getToken: async () => context.tokens.room });
      subscription.subscribe();
      await subscription.ready();
      const me = Object.values((await subscription.presence()).clients)[0];
      same([me.user, me.connInfo, me.chanInfo], ["ann", { n: 1 }, { r: 2 }], "who it is");
      const own = one.newSubscription("tokens:b");
      const away = event(own, "unsubscribed");
      own.subscribe();
      same((await away).code, 103, "without a token");
      while (asked < 2) await new Promise((done) => setTimeout(done, 50));
      await one.publish(room("after"), 1);
      same([ended, one.state], [1, "connected"], "renewed without a cut");
      return [one];
    },

    async is_put_into_the_rooms_of_its_token(context) {
      const one = client(context, { token: context.tokens.rooms });
      const heard = event(one, "publication");
      const inside = event(one, "subscribed");
      one.connect();
      await one.ready();
      same((await inside).channel, "news", "the room");
      await one.publish("news", { a: 1 });
      same((await heard).data, { a: 1 }, "what it hears");
      return [one];
    },

    async exchanges_long_messages(context) {
      const name = room("packed");
      const { ann, bob, heard } = await listening(context, name);
      const address = new URL(`/rooms/${name}`, context.urls[0]);
      const plain = new context.sockets.WebSocket(address.href, "stentor.cursor");
      const [, , second] = await new Promise((done) => {
        const messages = [];
        plain.addEventListener("message", ({ data }) => {
          messages.push(data);
          if (messages.length === 1) bob.publish(name, { text: "long text ".repeat(300) });
          if (messages.length === 2) plain.send("another text ".repeat(300));
          if (messages.length === 3) done(messages);
        });
      });
      same(plain.extensions.split(";")[0], "permessage-deflate", "agreed");
      same(second.split("\n")[1], "another text ".repeat(300), "what a plain client hears");
      const got = await heard.upTo(2);
      same(got.map((one) => one.data), [{ text: "long text ".repeat(300) }, "another text ".repeat(300)], "data");
      plain.close();
      return [ann, bob];
    },

    async leaves_a_node_that_stops(context) {
      const ann = await connected(context);
      const away = event(ann, "connecting");
      context.sockets.redirect(context.urls[0], context.urls[1]);
      context.tell("stop");
      same((await away).code, 3001, "code");
      await event(ann, "connected");
      return [ann];
    },
  };

  globalThis.scenarios = {
    names: Object.keys(scenarios),
    /** Plays scenarios, whose names are separated by commas, one after the other. */
    async run(names, context) {
      for (const name of names.split(",")) {
        try {
          const clients = await scenarios[name](context);
          clients.forEach((one) => one.disconnect());
        } catch (failure) {
          failure.message = `${name}: ${failure.message}`;
          throw failure;
        }
      }
      return "done";
    },
  };
})();
