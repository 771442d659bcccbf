// The pages' client against a server that the test plays: time, silence, and answers out of the ordinary.
import assert from "node:assert/strict";
import { mock, test } from "node:test";

const { backoffMillis } = await import("./client/backoff.js");
const { Client } = await import("./client/client.js");
const { Failure } = await import("./client/failure.js");
const { isPermanent } = await import("./client/connection.js");

/** A WebSocket whose other side is the test. */
class Played {
  static all = [];
  sent = [];

  constructor(address) {
    this.address = address;
    Played.all.push(this);
  }

  send(text) {
    const command = JSON.parse(text);
    this.sent.push(command);
    if (command.connect) this.say({ id: command.id, connect: { client: `c${Played.all.length}`, ping: 25, pong: true } });
  }

  say(...objects) {
    this.onmessage?.({ data: objects.map((object) => JSON.stringify(object)).join("\n") });
  }

  close(code = 1006, reason = "") {
    const told = this.onclose;
    this.onclose = null;
    told?.({ code, reason });
  }

  last(name) {
    return this.sent.findLast((command) => command[name]);
  }
}

const now = () => Played.all.at(-1);
const settled = () => new Promise((done) => setImmediate(done));

async function connected(options = {}) {
  Played.all = [];
  const client = new Client("ws://played/connection/websocket", { WebSocket: Played, random: () => 1, ...options });
  client.connect();
  await settled();
  now().onopen();
  assert.equal(client.state, "live");
  return client;
}

function subscribed(socket, result = { recoverable: true, epoch: "e", offset: 0 }) {
  const command = socket.last("subscribe");
  socket.say({ id: command.id, subscribe: result });
}

test("waits are drawn from nothing to a bound that doubles up to a cap", () => {
  const waits = [
    [0, 0], [9, 0], [0, 1], [1, 1], [2, 1], [5, 1], [6, 1], [1e9, 1],
  ].map(([attempt, drawn]) => backoffMillis(attempt, () => drawn));
  assert.deepEqual(waits, [0, 0, 500, 1000, 2000, 16000, 20000, 20000]);
});

test("close codes say whether to come back", () => {
  assert.deepEqual([1006, 3001, 3499, 3500, 3999, 4000, 4499, 4500, 4999].map(isPermanent),
    [false, false, false, true, true, false, false, true, true]);
});

test("a ping is answered", async () => {
  const client = await connected();
  now().say({});
  assert.deepEqual(now().sent.at(-1), {});
  client.close();
});

test("a silent server is left", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const client = await connected();
  mock.timers.tick(34_000);
  assert.equal(client.state, "live");
  now().say({});
  mock.timers.tick(34_000);
  assert.equal(client.state, "live");
  mock.timers.tick(1_000);
  assert.equal(client.state, "waiting");
  client.close();
  mock.timers.reset();
});

test("a command that is not answered means that the connection is dead", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const client = await connected();
  const asked = client.command("presence", { channel: "a" });
  mock.timers.tick(10_000);
  await assert.rejects(asked, { unsure: true });
  assert.equal(client.state, "waiting");
  client.close();
  mock.timers.reset();
});

test("what comes right behind an answer, in the same message, is heard", async () => {
  const client = await connected();
  const room = client.room("a");
  const heard = [];
  room.addEventListener("message", ({ detail }) => heard.push(detail.data));
  room.join();
  const { id } = now().last("subscribe");
  now().say(
    { id, subscribe: { recoverable: true, epoch: "e", offset: 4 } },
    { push: { channel: "a", pub: { data: "five", offset: 5 } } },
  );
  assert.deepEqual(heard, ["five"]);
  assert.equal(room.position, "e:5");
  client.close();
});

test("repeats are left out and gaps are told", async () => {
  const client = await connected();
  const room = client.room("a");
  const heard = [];
  room.addEventListener("message", ({ detail }) => heard.push(detail.data));
  room.addEventListener("gap", ({ detail }) => heard.push(`${detail.from}-${detail.to}`));
  room.join();
  subscribed(now());
  const pub = (offset) => now().say({ push: { channel: "a", pub: { data: offset, offset } } });
  [1, 2, 2, 1, 3, 7, 8].forEach(pub);
  assert.deepEqual(heard, [1, 2, 3, "4-6", 7, 8]);
  client.close();
});

test("one message is on its way at a time, and the next goes when it is in the log", async () => {
  const client = await connected();
  const room = client.room("a");
  room.join();
  const [one, two] = [room.publish("one"), room.publish("two")];
  assert.equal(now().last("publish"), undefined);
  subscribed(now());
  const first = now().last("publish");
  assert.equal(first.publish.data, "one");
  now().say({ id: first.id, publish: { epoch: "e", offset: 1 } });
  assert.equal(now().last("publish").publish.data, "two");
  assert.deepEqual(await one, { epoch: "e", offset: 1 });
  // Hearing it is as good as an answer.
  now().say({ push: { channel: "a", pub: { data: "two", offset: 2, info: { user: "", client: "c1" } } } });
  assert.deepEqual(await two, { epoch: "e", offset: 2 });
  client.close();
});

test("a message that is heard behind its answer is not taken for the next one", async () => {
  const client = await connected();
  const room = client.room("a");
  const keys = [];
  room.addEventListener("message", ({ detail }) => keys.push(detail.key));
  room.join();
  subscribed(now());
  const first = room.publish("first", "k1");
  now().say({ id: now().last("publish").id, publish: { epoch: "e", offset: 1 } });
  await first;
  room.publish("next", "k2").catch(() => {});
  now().say({ push: { channel: "a", pub: { data: "first", offset: 1, info: { user: "", client: "c1" } } } });
  assert.equal(room.unacknowledged, 1);
  now().say({ push: { channel: "a", pub: { data: "next", offset: 2, info: { user: "", client: "c1" } } } });
  assert.equal(room.unacknowledged, 0);
  assert.deepEqual(keys, ["k1", "k2"]);
  client.close();
});

test("a message of an earlier connection is not taken for the one that is on its way", async () => {
  const client = await connected();
  const room = client.room("a");
  room.join();
  subscribed(now());
  const lost = room.publish("lost");
  now().close(3001, "shutdown");
  client.retryNow();
  await settled();
  now().onopen();
  subscribed(now(), { recoverable: true, epoch: "f", offset: 9, was_recovering: true });
  await assert.rejects(lost, { unsure: true });
  const next = room.publish("next");
  now().say({ push: { channel: "a", pub: { data: "lost", offset: 10, info: { user: "", client: "c1" } } } });
  assert.equal(room.unacknowledged, 1);
  now().say({ push: { channel: "a", pub: { data: "next", offset: 11, info: { user: "", client: "c2" } } } });
  assert.deepEqual(await next, { epoch: "f", offset: 11 });
  client.close();
});

test("what the server cannot take at the moment is sent again under the same key, before anything else", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const client = await connected();
  const room = client.room("a");
  room.join();
  subscribed(now());
  const said = [room.publish("one"), room.publish("two")];
  const first = now().last("publish");
  now().say({ id: first.id, error: { code: 100, message: "internal server error", temporary: true } });
  assert.equal(now().last("publish"), first);
  mock.timers.tick(500);
  const again = now().last("publish");
  assert.notEqual(again.id, first.id);
  assert.deepEqual(again.publish, first.publish);
  now().say({ id: again.id, publish: { epoch: "e", offset: 1 } });
  now().say({ id: now().last("publish").id, error: { code: 103, message: "permission denied" } });
  await said[0];
  await assert.rejects(said[1], { code: 103, temporary: false });
  client.close();
  mock.timers.reset();
});

test("a server that asks not to come back is obeyed, and tried again when asked to", async () => {
  const client = await connected();
  const states = [];
  client.addEventListener("state", ({ detail }) => states.push([detail.state, detail.reason]));
  now().close(3503, "force disconnect");
  client.retryNow();
  assert.deepEqual(states, [["closed", "force disconnect"]]);
  client.connect();
  await settled();
  assert.equal(Played.all.length, 2);
  client.close();
});

/** A client that shows what `getToken` gives, to a server whose answers the test plays. */
function showing(getToken, options) {
  Played.all = [];
  const states = [];
  const client = new Client("ws://played/", { WebSocket: Mute, random: () => 0, getToken, ...options });
  client.addEventListener("state", ({ detail: { state, code, reason } }) => states.push({ state, code, reason }));
  client.connect();
  return [client, states];
}

/** Answers nothing by itself. */
class Mute extends Played {
  send(text) {
    this.sent.push(JSON.parse(text));
  }
}

async function opened() {
  await settled();
  now().onopen();
  return now().sent.at(-1);
}

test("a token is shown, and a new one before it ends and when it has expired", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const asked = [];
  const [client] = showing(({ expired }) => `t${asked.push(expired)}`);
  assert.deepEqual(await opened(), { connect: { token: "t1" }, id: 1 });
  now().say({ id: 1, error: { code: 109, message: "token expired" } });
  assert.equal(client.state, "waiting");
  mock.timers.tick(1);
  assert.deepEqual(await opened(), { connect: { token: "t2" }, id: 1 });
  now().say({ id: 1, connect: { client: "c", expires: true, ttl: 10 } });
  mock.timers.tick(7_999);
  await settled();
  assert.equal(now().sent.length, 1);
  mock.timers.tick(1);
  await settled();
  assert.deepEqual(now().sent.at(-1), { refresh: { token: "t3" }, id: 2 });
  now().say({ id: 2, refresh: { client: "c", expires: true, ttl: 5 } });
  await settled();
  mock.timers.tick(4_000);
  await settled();
  assert.deepEqual(now().sent.at(-1), { refresh: { token: "t4" }, id: 3 });
  assert.deepEqual(asked, [false, true, false, false]);
  client.close();
  mock.timers.tick(100_000);
  await settled();
  assert.equal(asked.length, 4);
  mock.timers.reset();
});

test("where there is only one token it is not shown twice, and when it ends the client is closed", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const [client, states] = showing(({ expired }) => {
    if (expired) throw new Failure(109, "the token has expired");
    return "the only one";
  });
  await opened();
  now().say({ id: 1, connect: { client: "c", expires: true, ttl: 10 } });
  mock.timers.tick(10_000);
  await settled();
  assert.equal(now().sent.length, 1);
  now().close(3005, "connection expired");
  mock.timers.tick(1);
  await opened();
  now().say({ id: 1, error: { code: 109, message: "token expired" } });
  mock.timers.tick(1);
  await settled();
  assert.deepEqual(states.at(-1), { state: "closed", code: 109, reason: "the token has expired" });
  mock.timers.tick(100_000);
  assert.equal(Played.all.length, 2);
  mock.timers.reset();
});

test("a token that cannot be had at the moment is asked for again", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let asked = 0;
  const [client] = showing(async () => {
    if (asked++ === 0) throw new TypeError("no network");
    return "late";
  });
  await settled();
  assert.equal(client.state, "waiting");
  mock.timers.tick(1);
  assert.deepEqual(await opened(), { connect: { token: "late" }, id: 1 });
  client.close();
  mock.timers.reset();
});

test("a token for longer than a timer can be set to is not renewed at once", async () => {
  const timers = mock.method(globalThis, "setTimeout");
  const [client] = showing(() => "t");
  await opened();
  now().say({ id: 1, connect: { client: "c", expires: true, ttl: 400 * 86_400 } });
  assert.equal(Math.max(...timers.mock.calls.map(({ arguments: [, millis] }) => millis)), 2 ** 31 - 1);
  client.close();
  timers.mock.restore();
});

test("a name is given where there is no token, and left to the token where there is one", async () => {
  let token = "";
  const [client] = showing(() => token, { name: "Ann" });
  await opened();
  assert.equal(new URL(now().address).searchParams.get("name"), "Ann");
  token = "t";
  client.reconnect();
  assert.deepEqual(await opened(), { connect: { token: "t" }, id: 1 });
  assert.equal(new URL(now().address).searchParams.get("name"), null);
  client.close();
});

test("messages that are not understood are counted and ignored", async () => {
  const client = await connected();
  const room = client.room("a", { joinLeave: true });
  const events = [];
  for (const type of ["message", "join", "leave", "refused"]) {
    room.addEventListener(type, ({ detail }) => events.push([type, detail.data ?? detail]));
  }
  room.join();
  subscribed(now());
  const lines = ["{", "nonsense", "[]", "1", "null", '{"push":5}', '{"strange":1}'];
  lines.forEach((data) => now().onmessage({ data }));
  const pushes = [
    { pub: 1 }, { pub: { offset: "one" } }, { pub: { offset: -1 } }, { join: {} }, { join: { info: { user: 7 } } },
    { leave: { info: { client: 1 } } }, { unsubscribe: {} }, { strange: {} }, {},
  ];
  pushes.forEach((push) => now().say({ push: { channel: "a", ...push } }));
  now().say({ push: { channel: "unknown", pub: { data: 1 } } }, { push: { disconnect: {} } }, { id: 99, publish: {} });
  assert.equal(client.figures.invalid, lines.length + pushes.length);
  assert.equal(client.state, "live");
  assert.equal(room.state, "joined");
  assert.deepEqual(events, []);
  now().say({ push: { channel: "a", pub: { offset: 1, data: "good", info: { user: [] }, time: "never" } } });
  assert.deepEqual(events, [["message", "good"]]);
  client.close();
});

test("a room that refuses keys is published to without them, and one with a log never is", async () => {
  const client = await connected();
  const [room, logged] = [client.room("a"), client.room("b")];
  room.join();
  subscribed(now(), {});
  const refuse = () => now().say({ id: now().last("publish").id, error: { code: 107, message: "anything" } });
  const accept = () => now().say({ id: now().last("publish").id, publish: {} });
  const [one, two] = [room.publish("one"), room.publish("two")];
  assert.ok(now().last("publish").publish.idempotency_key);
  refuse();
  assert.deepEqual(now().last("publish").publish, { channel: "a", data: "one" });
  accept();
  await one;
  assert.deepEqual(now().last("publish").publish, { channel: "a", data: "two" });
  refuse();
  await assert.rejects(two, { code: 107 });
  logged.join();
  subscribed(now());
  const three = logged.publish("three");
  refuse();
  await assert.rejects(three, { code: 107 });
  client.close();
});

test("when all rooms are joined again after a loss, it is told once whether anything was missed", async () => {
  const client = await connected();
  const told = [];
  client.addEventListener("resumed", ({ detail }) => told.push(detail));
  const rooms = ["a", "b"].map((name) => client.room(name));
  rooms.forEach((room) => {
    room.join();
    subscribed(now());
  });
  const lose = async () => {
    now().close();
    client.retryNow();
    await settled();
    now().onopen();
  };
  const back = (channel, result) => {
    const { id } = now().sent.findLast(({ subscribe }) => subscribe?.channel === channel);
    now().say({ id, subscribe: { recoverable: true, epoch: "e", offset: 0, was_recovering: true, ...result } });
  };
  const missed = (offset, client) => ({ data: offset, offset, info: { user: "", client } });
  await lose();
  back("a", { recovered: true, publications: [missed(1, "x"), missed(2, "c1")] });
  await settled();
  assert.deepEqual(told, []);
  back("b", { recovered: true, publications: [missed(1, "x")] });
  await settled();
  assert.deepEqual(told, [{ complete: true, recovered: 2 }]);
  await lose();
  back("a", { recovered: false, epoch: "f" });
  await lose();
  back("b", { recovered: true });
  back("a", { recovered: true, epoch: "f" });
  await settled();
  assert.deepEqual(told.slice(1), [{ complete: false, recovered: 0 }]);
  client.close();
});

test("a message of an earlier visit is sent again if nothing is missing since, else its author decides", async () => {
  for (const [recovered, sentBy, expected] of [[true, ["c0"], "sent"], [false, ["c0"], "unsure"], [false, [], "sent"]]) {
    const client = await connected({ own: ["c0"] });
    const room = client.room("a", { since: { epoch: "e", offset: 7 } });
    room.join();
    const result = room.publish("text", "key", sentBy).then(() => "sent", ({ unsure }) => (unsure ? "unsure" : "failed"));
    const { epoch, offset, recover } = now().last("subscribe").subscribe;
    assert.deepEqual({ epoch, offset, recover }, { epoch: "e", offset: 7, recover: true });
    subscribed(now(), { recoverable: true, epoch: "e", offset: 8, was_recovering: true, recovered });
    const publish = now().last("publish");
    if (publish) {
      assert.deepEqual(publish.publish, { channel: "a", data: "text", idempotency_key: "key" });
      now().say({ id: publish.id, publish: { epoch: "e", offset: 9 } });
    }
    assert.equal(await result, expected);
    client.close();
  }
});

test("a message of an earlier visit that is in the log is not sent again", async () => {
  const client = await connected({ own: ["c0"] });
  const room = client.room("a", { since: { epoch: "e", offset: 7 } });
  room.join();
  const result = room.publish("text", "key", ["c0"]);
  const publications = [{ data: "text", offset: 8, info: { user: "", client: "c0" } }];
  subscribed(now(), { recoverable: true, epoch: "e", offset: 7, was_recovering: true, recovered: true, publications });
  assert.deepEqual(await result, { epoch: "e", offset: 8 });
  assert.equal(now().last("publish"), undefined);
  client.close();
});

test("a room that was empty and still is has missed nothing, if the loss was short", async () => {
  const client = await connected();
  const room = client.room("a");
  const joined = [];
  room.addEventListener("joined", ({ detail }) => joined.push(detail.recovered));
  room.join();
  subscribed(now());
  for (const offset of [0, 1]) {
    now().close();
    client.retryNow();
    await settled();
    now().onopen();
    subscribed(now(), { recoverable: true, epoch: `other${offset}`, offset, was_recovering: true, recovered: false });
  }
  assert.deepEqual(joined, [true, true, false]);
  client.close();
});

test("the newest message alone is no recovery, but all that a first visit wants", async () => {
  const client = await connected();
  const room = client.room("a");
  const told = [];
  room.addEventListener("joined", ({ detail }) => told.push(detail.recovered));
  room.addEventListener("gap", ({ detail }) => told.push(detail));
  room.addEventListener("message", ({ detail }) => told.push(detail.position));
  room.join();
  const newest = (offset) => ({ recoverable: true, was_recovering: true, recovered: true, publications: [{ data: 1, offset }] });
  subscribed(now(), { ...newest(7), epoch: "e" });
  for (const [epoch, offset] of [["e", 9], ["f", 2]]) {
    now().close();
    client.retryNow();
    await settled();
    now().onopen();
    subscribed(now(), { ...newest(offset), epoch, offset: room.offset });
  }
  const at = (epoch, offset) => ({ epoch, offset });
  assert.deepEqual(told, [true, at("e", 7), false, at("e", 9), false, at("f", 2)]);
  client.close();
});

test("after a fork, a message that was acknowledged before is not taken for the one that is on its way", async () => {
  const client = await connected();
  const room = client.room("a");
  room.join();
  subscribed(now());
  const first = room.publish("first", "k1");
  now().say({ id: now().last("publish").id, publish: { epoch: "e", offset: 1 } });
  await first;
  const next = room.publish("next", "k2");
  now().close();
  client.retryNow();
  await settled();
  now().onopen();
  const publications = [{ data: "first", offset: 1, info: { user: "", client: "c1" } }];
  subscribed(now(), { recoverable: true, epoch: "f", offset: 0, was_recovering: true, recovered: true, publications });
  assert.equal(room.unacknowledged, 1);
  assert.equal(now().last("publish").publish.idempotency_key, "k2");
  now().say({ id: now().last("publish").id, publish: { epoch: "f", offset: 2 } });
  assert.deepEqual(await next, { epoch: "f", offset: 2 });
  client.close();
});

const WHOLE = '{"price":100,"symbol":"ABCDEFGH","note":"unchanged part"}';
const PATCH = "u\nB@0,1:1i@C,3IDPaN;";

/** A room with deltas, and the messages that it has received. */
async function withDeltas() {
  const client = await connected();
  const room = client.room("quotes", { deltas: true });
  const got = [];
  room.addEventListener("message", ({ detail }) => got.push([detail.offset, detail.data.price]));
  room.join();
  assert.equal(now().last("subscribe").subscribe.delta, "fossil");
  return { client, room, got };
}

const say = (...publications) => now().say(...publications.map((pub) => ({ push: { channel: "quotes", pub } })));

test("messages are put together from deltas, also those that were missed, and the bytes are counted", async () => {
  const { client, room, got } = await withDeltas();
  const publications = [{ data: WHOLE, offset: 1 }, { data: PATCH, delta: true, offset: 2 }];
  subscribed(now(), { recoverable: true, recovered: true, epoch: "e", offset: 0, delta: true, publications });
  say({ data: "u\nu@0,3IDPaN;", delta: true, offset: 3 }, { data: '{"price":"é"}', offset: 4 });
  assert.deepEqual(got, [[1, 100], [2, 101], [3, 101], [4, "é"]]);
  const complete = 3 * WHOLE.length + 14;
  const sent = WHOLE.length + 2 + 10 + (PATCH.length + 3 + 13) + (13 + 3 + 13) + 14 + 2 + 4;
  assert.deepEqual(room.deltaBytes, { sent, complete });
  client.close();
});

test("without deltas messages are as they are", async () => {
  const { client, room, got } = await withDeltas();
  subscribed(now());
  say({ data: JSON.parse(WHOLE), offset: 1 });
  assert.deepEqual(got, [[1, 100]]);
  assert.deepEqual(room.deltaBytes, { sent: 0, complete: 0 });
  client.close();
});

test("after a delta that does not fit, the room is joined again at the last message", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { client, room, got } = await withDeltas();
  subscribed(now(), { recoverable: true, epoch: "e", offset: 0, delta: true });
  say({ data: WHOLE, offset: 1 });
  const wrong = ["u\nB@0,1:1i@C,3IDPaM;", "u\nB@0,1:1;", "v\nu@0,3IDPaM;", "u\nB@z,1:1i@C,3IDPaN;", "", "x", 5, "~~~~~~\n"];
  for (const data of wrong) {
    say({ data, delta: true, offset: 2 }, { data: WHOLE, offset: 3 });
    assert.equal(room.state, "joining");
    assert.equal(now().last("unsubscribe").unsubscribe.channel, "quotes");
    mock.timers.tick(500);
    const { recover, offset } = now().last("subscribe").subscribe;
    assert.deepEqual([recover, offset], [true, 1]);
    const publications = [];
    subscribed(now(), { recoverable: true, recovered: true, epoch: "e", offset: 1, delta: true, publications });
    assert.equal(room.state, "joined");
  }
  say({ data: WHOLE, offset: 2 }, { data: PATCH, delta: true, offset: 3 });
  assert.deepEqual(got, [[1, 100], [2, 100], [3, 101]]);
  assert.equal(client.figures.invalid, wrong.length);
  client.close();
  mock.timers.reset();
});
