// node run.js SCENARIO[,SCENARIO] TRANSPORT URL[,URL] POSTS TOKENS: plays scenarios; the last line is "done" or the first failure.
// TRANSPORT is websocket, http_stream or sse; protobuf_websocket and protobuf_http_stream are the same in Protobuf.
"use strict";

require("./sockets.js");
require("./scenarios.js");
require("./protobuf.js");

const [names, transportAndCodec, urls, posts, tokens] = process.argv.slice(2);
const protobuf = transportAndCodec.startsWith("protobuf_");
const context = {
  sdk: protobuf ? globalThis.withJson(require("centrifuge/build/protobuf")) : require("centrifuge"),
  transport: transportAndCodec.replace("protobuf_", ""),
  urls: urls.split(","),
  posts,
  tokens: JSON.parse(tokens),
  sockets: globalThis.watchedSockets(require("ws")),
  tell: (line) => console.log(line),
};

globalThis.scenarios
  .run(names, context)
  .then(console.log, (failure) => {
    console.log(`failed: ${failure.message}\n${failure.stack}`);
    process.exitCode = 1;
  })
  .finally(() => process.exit());
