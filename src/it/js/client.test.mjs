// The pages' client against real nodes: STENTOR_NODES is a list of {url, pid} as JSON.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import NativeSocket from "ws";

const { Client } = await import("./client/client.js");
const nodes = JSON.parse(process.env.STENTOR_NODES);
const clients = [];
after(() => clients.forEach((client) => client.close()));

const unique = (name) => `${name}:${Math.random().toString(36).slice(2)}`;
const next = (target, type, fits = () => true) =>
  new Promise((done) => {
    const listener = ({ detail }) => {
      if (fits(detail)) {
        target.removeEventListener(type, listener);
        done(detail);
      }
    };
    target.addEventListener(type, listener);
  });

/** Sockets that can be cut without a word, and sent to another node as a balancer would. */
function sockets() {
  let node = 0;
  let cutBefore = () => false;
  let current = null;
  class Socket extends NativeSocket {
    constructor(address) {
      super(address.replace(nodes[0].url, nodes[node].url));
      current = this;
    }

    set onmessage(listener) {
      super.onmessage =
        listener &&
        ((event) => {
          if (cutBefore(event.data)) {
            this.terminate();
          } else {
            listener(event);
          }
        });
    }
  }
  return {
    Socket,
    cut: () => current.terminate(),
    cutBefore: (fits) => (cutBefore = fits),
    go: (to) => (node = to),
  };
}

async function connected(options) {
  const client = new Client(nodes[0].url, { WebSocket: NativeSocket, random: () => Math.random() / 10, ...options });
  clients.push(client);
  client.connect();
  await next(client, "state", ({ state }) => state === "live");
  return client;
}

async function joined(client, name, options) {
  const room = client.room(name, options);
  const heard = [];
  room.addEventListener("message", ({ detail }) => heard.push(detail));
  const done = next(room, "joined");
  room.join();
  await done;
  return [room, heard];
}

async function until(fits) {
  for (let i = 0; !fits(); i++) {
    assert.ok(i < 2000, `waited in vain for ${fits}`);
    await new Promise((later) => setTimeout(later, 10));
  }
}

const said = (heard) => heard.map(({ data }) => data);

test("says and hears, with names, times and positions", async () => {
  const [ann, bob] = [await connected({ name: "Ann" }), await connected({ name: "你" })];
  const name = unique("chat");
  const [annRoom, annHeard] = await joined(ann, name);
  const [, bobHeard] = await joined(bob, name);
  const position = await annRoom.publish("hello", "my-key");
  await until(() => bobHeard.length && annHeard.length);
  assert.deepEqual(position, annHeard[0].position);
  assert.equal(`${position.epoch}:${position.offset}`, annRoom.position);
  const [{ time, ...mine }] = annHeard;
  assert.ok(Math.abs(time - Date.now()) < 10_000);
  const info = { user: "Ann", client: ann.id };
  const binary = false;
  assert.deepEqual(mine, { data: "hello", binary, offset: 1, position, info, own: true, key: "my-key", missed: false });
  assert.deepEqual([bobHeard[0].own, bobHeard[0].key, bobHeard[0].info], [false, undefined, info]);
  assert.match(ann.figures.node, /^[0-9a-f]{6}$/);
  assert.ok(ann.figures.roundTripMillis > 0);
});

test("the lobby shouts to this client, too", async () => {
  const [room, heard] = await joined(await connected(), "lobby");
  await room.publish("hello");
  await until(() => heard.length);
  assert.equal(heard.at(-1).data, "HELLO!!!");
});

test("is in many rooms on one connection", async () => {
  const client = await connected();
  const rooms = await Promise.all(Array.from({ length: 20 }, () => joined(client, unique("many"))));
  await Promise.all(rooms.map(([room], i) => room.publish(i)));
  await until(() => rooms.every(([, heard]) => heard.length));
  assert.deepEqual(rooms.map(([, heard]) => said(heard)), rooms.map((_, i) => [i]));
  assert.equal(client.figures.connects, 1);
});

test("reads history back to its beginning", async () => {
  const client = await connected();
  const name = unique("history");
  const [room] = await joined(client, name);
  for (let i = 1; i <= 5; i++) await room.publish(i);
  const newest = await room.history({ limit: 3 });
  assert.deepEqual([said(newest.messages), newest.more], [[3, 4, 5], true]);
  const oldest = await room.history({ before: newest.messages[0].offset, limit: 3 });
  assert.deepEqual([said(oldest.messages), oldest.more], [[1, 2], false]);
  assert.equal(oldest.messages[0].own, true);
});

test("sees who is there, who comes and who goes", async () => {
  const [ann, bob] = [await connected({ name: "Ann" }), await connected({ name: "Bob" })];
  const name = unique("there");
  const [room] = await joined(ann, name, { joinLeave: true });
  const came = next(room, "join", ({ user }) => user === "Bob");
  const [other] = await joined(bob, name);
  assert.equal((await came).client, bob.id);
  assert.deepEqual((await room.members()).map(({ user }) => user).sort(), ["Ann", "Bob"]);
  assert.deepEqual(await room.counts(), { connections: 2, users: 2 });
  const went = next(room, "leave", ({ user }) => user === "Bob");
  other.leave();
  await went;
});

test("is called otherwise when renamed, and misses nothing by that", async () => {
  const name = unique("names");
  const client = await connected({ name: "Ann" });
  const [room, heard] = await joined(client, name);
  await room.publish(1);
  client.rename("Anna");
  await room.publish(2);
  await until(() => heard.length === 2);
  assert.deepEqual(heard.map(({ info, own }) => [info.user, own]), [["Ann", true], ["Anna", true]]);
});

test("recovers what was missed while the connection was lost", async () => {
  const [wire, name] = [sockets(), unique("cut")];
  const [, heard] = await joined(await connected({ WebSocket: wire.Socket }), name);
  const [other] = await joined(await connected(), name);
  await other.publish(1);
  await until(() => heard.length === 1);
  wire.cut();
  await other.publish(2);
  await other.publish(3);
  await until(() => heard.length === 3);
  assert.deepEqual(said(heard), [1, 2, 3]);
});

test("a message whose answer was lost appears once", async () => {
  const [wire, name] = [sockets(), unique("once")];
  const [room, heard] = await joined(await connected({ WebSocket: wire.Socket }), name);
  wire.cutBefore((data) => {
    const cut = data.includes('"publish"') || data.includes('"pub"');
    if (cut) wire.cutBefore(() => false);
    return cut;
  });
  const position = await room.publish("once");
  await room.publish("after");
  await until(() => heard.length === 2);
  assert.deepEqual(said(heard), ["once", "after"]);
  assert.equal(position.offset, 1);
  assert.equal((await room.history({ limit: 10 })).messages.length, 2);
});

test("own messages keep their order and appear once over a hundred cuts", async () => {
  const [wire, name] = [sockets(), unique("order")];
  const client = await connected({ WebSocket: wire.Socket, random: () => 0 });
  const [room, heard] = await joined(client, name);
  let frames = 0;
  wire.cutBefore(() => ++frames % 7 === 0 && frames < 700);
  const expected = Array.from({ length: 300 }, (_, i) => i);
  await Promise.all(expected.map((i) => room.publish(i)));
  await until(() => heard.length >= expected.length);
  assert.deepEqual(said(heard), expected);
  assert.ok(client.figures.connects > 20, `${client.figures.connects} connections`);
});

test("is told when it cannot recover, and what was on its way is left to the one who said it", async () => {
  const [wire, name] = [sockets(), unique("small")];
  const client = await connected({ WebSocket: wire.Socket, random: () => 1 });
  const [room, heard] = await joined(client, name);
  const [other, heardThere] = await joined(await connected(), name);
  wire.cutBefore(() => true);
  const unsure = room.publish("perhaps");
  await next(client, "state", ({ state }) => state === "waiting");
  wire.cutBefore(() => false);
  for (let i = 1; i <= 4; i++) await other.publish(i);
  await until(() => said(heardThere).includes(4));
  const back = next(room, "joined");
  client.retryNow();
  assert.deepEqual(await back, { recovered: false, first: false });
  await assert.rejects(unsure, { unsure: true });
  await room.publish("certain");
  await until(() => heard.length);
  assert.deepEqual(said(heard), ["certain"]);
});

test("in a room without a log a lost answer is told, and nothing is sent twice", async () => {
  const [wire, name] = [sockets(), "unlogged"];
  const [room] = await joined(await connected({ WebSocket: wire.Socket }), name);
  const [, heard] = await joined(await connected(), name);
  await room.publish("one");
  wire.cutBefore((data) => data.includes('"publish"') || data.includes('"pub"'));
  const lost = room.publish("two");
  await assert.rejects(lost, { unsure: true });
  wire.cutBefore(() => false);
  await room.publish("three");
  await until(() => heard.length === 3);
  assert.deepEqual(said(heard), ["one", "two", "three"]);
});

test("a message that is too long is refused, and the next one is not", async () => {
  const [room] = await joined(await connected(), unique("long"));
  const refused = [room.publish("x".repeat(65_600)), room.publish("x".repeat(200_000))];
  await assert.rejects(refused[0], { temporary: false });
  await assert.rejects(refused[1], { code: 1009 });
  await room.publish("short");
});

test("is told that a room does not let it in", async () => {
  const room = (await connected()).room(unique("tokens"));
  const refused = next(room, "refused");
  room.join();
  assert.equal((await refused).code, 103);
  await assert.rejects(room.publish("x"));
});

test("does not come back with a token that is no good", async () => {
  const client = new Client(nodes[0].url, { WebSocket: NativeSocket, getToken: () => "nonsense" });
  clients.push(client);
  client.connect();
  const { code, reason } = await next(client, "state", ({ state }) => state === "closed");
  assert.deepEqual([code, reason], [3500, "invalid token"]);
});

// The last one, since a node is gone then.
test("goes on with another node when its own is killed", { skip: nodes.length < 2 }, async () => {
  const [wire, name] = [sockets(), unique("killed")];
  const client = await connected({ WebSocket: wire.Socket });
  const [room, heard] = await joined(client, name);
  const before = client.figures.node;
  const expected = Array.from({ length: 400 }, (_, i) => i);
  const all = expected.map(async (i) => {
    await new Promise((later) => setTimeout(later, 5 * i));
    return room.publish(i);
  });
  await all[100];
  wire.go(1);
  process.kill(nodes[0].pid, "SIGKILL");
  await Promise.all(all);
  await until(() => heard.length >= expected.length);
  assert.deepEqual(said(heard), expected);
  assert.notEqual(client.figures.node, before);
});
