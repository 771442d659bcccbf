// The SDK's build for Protobuf, made to take and give what the other one does: JSON becomes bytes, and bytes JSON.
"use strict";

(() => {
  const encoded = (value) => (value === undefined ? value : new TextEncoder().encode(JSON.stringify(value)));

  const decoded = (value) => {
    if (value instanceof Uint8Array) return value.length ? JSON.parse(new TextDecoder().decode(value)) : undefined;
    if (value === null || typeof value !== "object") return value;
    for (const key of Object.keys(value)) value[key] = decoded(value[key]);
    return value;
  };

  const encodedData = (command) =>
    Object.fromEntries(
      Object.entries(command).map(([name, body]) => [
        name,
        body && typeof body === "object" && "data" in body ? { ...body, data: encoded(body.data) } : body,
      ]),
    );

  globalThis.withJson = (sdk) => ({
    /** The SDK as it is. */
    bytes: sdk,
    Centrifuge: class extends sdk.Centrifuge {
      _formatOverride() {
        super._formatOverride();
        const codec = this._codec;
        const { encodeCommands, decodeReplies } = codec;
        codec.encodeCommands = (commands) => encodeCommands.call(codec, commands.map(encodedData));
        codec.decodeReplies = (data) => decodeReplies.call(codec, data).map(decoded);
      }
    },
  });
})();
