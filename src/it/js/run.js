// node run.js SCENARIO TRANSPORT URL[,URL] POSTS TOKENS: plays one scenario; the last line is "done" or the failure.
"use strict";

require("./sockets.js");
require("./scenarios.js");

const [name, transport, urls, posts, tokens] = process.argv.slice(2);
const context = {
  sdk: require("centrifuge"),
  transport,
  urls: urls.split(","),
  posts,
  tokens: JSON.parse(tokens),
  sockets: globalThis.watchedSockets(require("ws")),
  tell: (line) => console.log(line),
};

globalThis.scenarios
  .run(name, context)
  .then(console.log, (failure) => {
    console.log(`failed: ${failure.stack}`);
    process.exitCode = 1;
  })
  .finally(() => process.exit());
