/**
 * How many bytes a request, an answer or a frame has on the wire. A page is not shown all of it: answers are
 * counted by the header fields that the browser shows, requests by those that browsers are known to send. TCP, IP
 * and TLS are left out, and everything is counted as over HTTP/1.1, without its compression of headers in HTTP/2.
 */

const encoder = new TextEncoder();
const LINE_END = 2;

/** Bytes of a text in UTF-8. */
export function textBytes(text) {
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

/** What browsers of Chromium's kind tell of themselves, in secure contexts only. */
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

/** The head of a request that `fetch` or `EventSource` makes; `more` are header lines of its own. */
export function requestBytes(path, more = []) {
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
    ...more,
  ]);
}

/** An answer to `fetch`, whose body was read as a text. */
export function answerBytes(response, body) {
  const fields = [...response.headers].map(([name, value]) => `${name}: ${value}`);
  return lines([`HTTP/1.1 ${response.status} ${response.statusText}`, ...fields]) + textBytes(body);
}

/** The head of the answer that begins an event stream, which a page is not shown. */
export const STREAM_HEAD_BYTES = 654;

/** One event, in the piece of the answer that it is: its size in hexadecimal digits and two line ends. */
export function eventBytes(name, id, data) {
  const event = (name ? `event: ${name}\n` : "") + (id ? `id: ${id}\n` : "") + `data: ${data}\n\n`;
  const size = textBytes(event);
  return size.toString(16).length + 2 * LINE_END + size;
}

/** The handshake of a WebSocket, both ways. */
export function handshakeBytes(path, protocol) {
  const asked = lines([
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
  const answered = lines([
    "HTTP/1.1 101 Switching Protocols",
    "connection: upgrade",
    "upgrade: websocket",
    `sec-websocket-accept: ${"x".repeat(28)}`,
    `sec-websocket-protocol: ${protocol}`,
  ]);
  return asked + answered;
}

/** A frame from the server with this text: RFC 6455, section 5.2. */
export function frameBytes(text) {
  const size = textBytes(text);
  return size + (size < 126 ? 2 : size < 65_536 ? 4 : 10);
}
