/** Requests to the server's HTTP API, and its addresses. */

/** An error answer of the server, or no answer at all: `status` is 0 then. `type` is the URN of the problem. */
export class HttpError extends Error {
  constructor(status, message, type = "") {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.type = type;
  }

  /** Whether the same request may succeed later. */
  get isTemporary() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/**
 * Sends a request and returns a promise of the JSON in its answer, `{}` if it has none; rejected with an `HttpError`.
 * `options` as of `fetch`, and `node`, the node of a `Client` to send it to instead of the page's own.
 */
export async function requestJson(path, { node, ...options } = {}) {
  let response;
  let text;
  try {
    response = await (node ? node.fetch(new URL(path, node.url).href, options) : fetch(path, options));
    text = await response.text();
  } catch (error) {
    throw new HttpError(0, error.message);
  }
  const answer = parsed(text);
  if (!response.ok) {
    throw new HttpError(response.status, answer.detail ?? answer.title ?? response.statusText, answer.type);
  }
  return answer;
}

/** Returns the path of a room, relative to the page. */
export function roomPath(room) {
  return `./rooms/${encodeURIComponent(room)}`;
}

/** Returns the WebSocket address of a path relative to the page, encrypted if the page is. */
export function socketUrl(path) {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
