// How the pages' client finds other nodes, and moves to them.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

const { Client } = await import("./client/client.js");
const { Nodes } = await import("./client/nodes.js");

const settled = () => new Promise((done) => setImmediate(done));

/** A WebSocket of which the test decides whether its node lives. */
class Played {
  static dead = new Set();
  static tried = [];
  static last;

  constructor(address) {
    this.origin = new URL(address).origin;
    Played.tried.push(this.origin);
    Played.last = this;
    queueMicrotask(() => (Played.dead.has(this.origin) ? this.close() : this.onopen?.()));
  }

  send(text) {
    const { id, connect } = JSON.parse(text);
    if (connect) {
      this.onmessage({ data: JSON.stringify({ id, connect: { client: "c", node: this.origin } }) });
    }
  }

  close(code = 1006, reason = "") {
    const told = this.onclose;
    this.onclose = null;
    told?.({ code, reason });
  }
}

const [A, B, C] = ["http://a", "http://b", "http://c"];
const ws = (origin) => origin.replace("http", "ws");

/** A cluster whose nodes answer with `urls(origin)`. `ways` counts how often a way to other nodes was opened. */
function cluster(urls = () => [A, B, C]) {
  const seen = { ways: 0, asked: [] };
  const fetch = async (url) => {
    seen.asked.push(url);
    const { origin } = new URL(url);
    const [own, ...others] = urls(origin);
    return { json: async () => ({ nodes: own ? [own, ...others].sort((one) => (one === origin ? -1 : 1)) : [] }) };
  };
  const home = { url: `${A}/`, WebSocket: Played, fetch };
  const open = async () => {
    seen.ways++;
    return { urls: urls(A), WebSocket: Played, fetch, close: () => seen.ways-- };
  };
  return [new Nodes(home, { open, random: () => 0.999 }), seen];
}

async function connected(nodes) {
  Played.dead.clear();
  Played.tried = [];
  const client = new Client(`${ws(A)}/connection/websocket`, { nodes, random: () => 1 });
  client.connect();
  await settled();
  await settled();
  assert.equal(client.state, "live");
  return client;
}

async function tick(millis) {
  mock.timers.tick(millis);
  await settled();
  await settled();
}

test("a client whose node is gone tries the others at once, and stays where one answers", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const [nodes] = cluster();
  const client = await connected(nodes);
  Played.dead.add(ws(A));
  Played.last.close();
  await tick(100);
  await tick(100);
  assert.deepEqual(Played.tried, [A, A, B].map(ws));
  assert.deepEqual([client.state, client.isMoved, client.node.url], ["live", true, `${B}/`]);
  client.close();
  mock.timers.reset();
});

test("when all are gone they are tried in turn, with delays that grow from round to round", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const [nodes] = cluster();
  const client = await connected(nodes);
  [A, B, C].forEach((one) => Played.dead.add(ws(one)));
  Played.last.close();
  for (const wait of [100, 100, 100, 500, 100, 100, 1000]) {
    assert.equal(client.state, "waiting");
    const before = Played.tried.length;
    await tick(wait - 1);
    assert.equal(Played.tried.length, before);
    await tick(1);
  }
  assert.deepEqual(Played.tried, [A, A, B, C, A, B, C, A].map(ws));
  Played.dead.clear();
  await tick(100);
  assert.deepEqual([client.state, client.node.url], ["live", `${B}/`]);
  client.close();
  mock.timers.reset();
});

test("a node that stops is left at once", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const [nodes] = cluster();
  const client = await connected(nodes);
  Played.last.close(3001, "shutdown");
  await tick(500);
  assert.deepEqual(Played.tried, [A, B].map(ws));
  client.close();
  mock.timers.reset();
});

test("a connection that is lost is tried at its own node first", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const [nodes] = cluster();
  const client = await connected(nodes);
  Played.last.close(3012, "no pong");
  await tick(500);
  assert.deepEqual([Played.tried, client.isMoved], [[A, A].map(ws), false]);
  client.close();
  mock.timers.reset();
});

test("the list is read again while connected, and a new way is opened for new nodes only", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  let known = [A];
  const [nodes, seen] = cluster(() => known);
  const client = await connected(nodes);
  assert.deepEqual([nodes.isSeveral, seen.ways], [false, 0]);
  known = [A, B];
  await tick(15_000);
  assert.deepEqual([nodes.isSeveral, seen.ways], [true, 1]);
  known = [A];
  await tick(15_000);
  known = [A, B];
  await tick(15_000);
  assert.deepEqual([nodes.isSeveral, seen.ways, seen.asked.length], [true, 1, 4]);
  client.close();
  await tick(60_000);
  assert.equal(seen.asked.length, 4);
  mock.timers.reset();
});

test("behind a proxy, and with a node of an older version, nothing changes", async () => {
  for (const urls of [[], ["https://public", B], [A]]) {
    const home = { url: `${A}/`, WebSocket: Played, fetch: async () => ({ json: async () => ({ nodes: urls }) }) };
    const nodes = new Nodes(home, { open: () => assert.fail("no other node") });
    const client = await connected(nodes);
    assert.equal(nodes.isSeveral, false);
    client.close();
  }
  const nodes = new Nodes({ url: `${A}/`, WebSocket: Played, fetch: async () => { throw new TypeError("404"); } }, { open: () => assert.fail() });
  const client = await connected(nodes);
  assert.equal(nodes.isSeveral, false);
  client.close();
});

test("a token is asked for the node that it is sent to", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const asked = [];
  const [nodes] = cluster();
  Played.dead.clear();
  const getToken = ({ node }) => {
    asked.push(node.url);
    if (node.url === `${A}/` && asked.length > 1) throw new TypeError("no answer");
    return "t";
  };
  const client = new Client(`${ws(A)}/connection/websocket`, { nodes, random: () => 1, getToken });
  client.connect();
  await settled();
  await settled();
  Played.last.close();
  await tick(100);
  await tick(100);
  assert.deepEqual([client.state, asked], ["live", [A, A, B].map((one) => `${one}/`)]);
  client.close();
  mock.timers.reset();
});
