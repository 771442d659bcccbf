/**
 * The bytes of requests, answers and frames on the wire, as over HTTP/1.1 and without TCP, IP and TLS. Pages cannot see
 * all of them: answers are counted by the header fields that the browser shows, requests by those that it is known to
 * send.
 */

const encoder = new TextEncoder();
const LINE_END = 2;

/** Returns the bytes of a text in UTF-8. */
function textBytes(text) {
  return encoder.encode(text).length;
}

function lines(list) {
  return list.reduce((sum, line) => sum + textBytes(line) + LINE_END, LINE_END);
}

function languages() {
  return navigator.languages
    .slice(0, 10)
    .map((name, i) => (i === 0 ? name : `${name};q=${(1 - i / 10).toFixed(1)}`))
    .join(",");
}

/** Client hints, which Chromium sends in secure contexts. */
function hints() {
  const known = navigator.userAgentData;
  if (!known) {
    return [];
  }
  const brands = known.brands.map(({ brand, version }) => `"${brand}";v="${version}"`).join(", ");
  return [
    `sec-ch-ua: ${brands}`,
    `sec-ch-ua-mobile: ?${known.mobile ? 1 : 0}`,
    `sec-ch-ua-platform: "${known.platform}"`,
  ];
}

/** Returns the bytes of a GET request by `fetch` or `EventSource`. */
export function requestBytes(path) {
  return lines([
    `GET ${path} HTTP/1.1`,
    `Host: ${location.host}`,
    "Connection: keep-alive",
    `User-Agent: ${navigator.userAgent}`,
    ...hints(),
    "Accept: */*",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-Mode: cors",
    "Sec-Fetch-Dest: empty",
    "Accept-Encoding: gzip, deflate, br, zstd",
    `Accept-Language: ${languages()}`,
  ]);
}

/** The bytes of answers to `fetch`. */
export class AnswerSize {
  #headBytes = 0;

  /** Returns the bytes of an answer with this body. Another node's head is not visible, and is as large as ours. */
  bytes(response, body) {
    if (response.type !== "cors" || this.#headBytes === 0) {
      const fields = [...response.headers].map(([name, value]) => `${name}: ${value}`);
      this.#headBytes = lines([`HTTP/1.1 ${response.status} ${response.statusText}`, ...fields]);
    }
    return this.#headBytes + textBytes(body);
  }
}

/** The head of the answer with an event stream, which pages cannot see. */
export const STREAM_HEAD_BYTES = 654;

/** Returns the bytes of one event in a chunk of its own: the size in hexadecimal digits and two line ends. */
export function eventBytes(name, id, data) {
  const event = (name ? `event: ${name}\n` : "") + (id ? `id: ${id}\n` : "") + `data: ${data}\n\n`;
  const size = textBytes(event);
  return size.toString(16).length + 2 * LINE_END + size;
}

/** Returns the bytes of the handshake of a WebSocket, in both directions. */
export function handshakeBytes(path, protocol) {
  const request = lines([
    `GET ${path} HTTP/1.1`,
    `Host: ${location.host}`,
    "Connection: Upgrade",
    "Pragma: no-cache",
    "Cache-Control: no-cache",
    `User-Agent: ${navigator.userAgent}`,
    "Upgrade: websocket",
    `Origin: ${location.origin}`,
    "Sec-WebSocket-Version: 13",
    "Accept-Encoding: gzip, deflate, br, zstd",
    `Accept-Language: ${languages()}`,
    `Sec-WebSocket-Key: ${"x".repeat(24)}`,
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    `Sec-WebSocket-Protocol: ${protocol}`,
  ]);
  const answer = lines([
    "HTTP/1.1 101 Switching Protocols",
    "connection: upgrade",
    "upgrade: websocket",
    `sec-websocket-accept: ${"x".repeat(28)}`,
    `sec-websocket-protocol: ${protocol}`,
  ]);
  return request + answer;
}

/** Returns the bytes of a frame from the server: RFC 6455, section 5.2. */
export function frameBytes(text) {
  const size = textBytes(text);
  return size + (size < 126 ? 2 : size < 65_536 ? 4 : 10);
}
