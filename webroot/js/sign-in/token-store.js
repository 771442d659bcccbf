/**
 * The token of this tab, for all pages: one that the user pasted, else one of the server's demo login for the user's
 * name, else none. A pasted token is kept until the tab is closed, and nowhere else.
 */

import { Client } from "../client/client.js";
import { EXPIRED, Failure } from "../client/failure.js";
import { Nodes } from "../client/nodes.js";
import { requestJson } from "../common/http.js";
import { browserStorage, tabStorage } from "../common/storage.js";

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Codes with which the server refuses a token, and the keys of texts about them. */
const CHECK_RESULTS = { [EXPIRED]: "tokenExpired", 3500: "tokenInvalid" };

/** Characters that names must not have: they are invisible, or change the direction of the text around them. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const JOINER = /\u200d/g;
const MAX_CHARACTERS = 64;

/** Returns whether a user can have this name; guests have the empty one. */
export function isUserName(name) {
  const visible = name.replace(JOINER, "");
  return [...name].length <= MAX_CHARACTERS && name === name.trim() && !INVISIBLE.test(visible);
}

/** Returns whether a text looks like a token: three parts in Base64 with dots between. */
export function isToken(text) {
  return JWT.test(text);
}

export class TokenStore {
  #demoLogin = new DemoLogin();
  #name;
  #pasted = "";
  #usesDemoLogin = false;

  /** Creates a store with the name of an earlier visit and the token pasted earlier in this tab. */
  constructor() {
    const name = browserStorage.get("name", "");
    this.#name = typeof name === "string" && isUserName(name) ? name : "";
    const kept = tabStorage.get("token", "");
    this.#pasted = typeof kept === "string" && isToken(kept) ? kept : "";
  }

  /** Whether a token was pasted. */
  get isPasted() {
    return this.#pasted !== "";
  }

  /** Whether the last token was one of the demo login, which proves nothing. */
  get isOfDemoLogin() {
    return this.#usesDemoLogin;
  }

  /** Whether the last connection had a token. */
  get isSent() {
    return this.isPasted || this.#usesDemoLogin;
  }

  /** The user that the pasted token names; empty if there is none. */
  get user() {
    return this.isPasted ? subjectOf(this.#pasted) : "";
  }

  /** The name that the user chose; empty for a guest. */
  get name() {
    return this.#name;
  }

  /** Changes the user's name, and remembers it. */
  rename(name) {
    this.#name = name;
    browserStorage.set("name", name);
    this.#demoLogin.forget();
  }

  paste(token) {
    this.#setPasted(token);
  }

  /** Forgets the pasted token. */
  forget() {
    this.#setPasted("");
  }

  /** Returns a promise of what the server accepts, `{tokens, demo}`; `null` if that cannot be found out. */
  loginOptions() {
    return this.#demoLogin.options().catch(() => null);
  }

  /**
   * Returns a promise of what the server has against a token: the key of a text, empty if nothing. It is tried on a
   * connection of its own.
   */
  check(token) {
    return new Promise((done) => {
      const getToken = ({ expired }) => {
        if (expired) {
          throw new Failure(EXPIRED, "the token has expired");
        }
        return token;
      };
      const node = this.#demoLogin.node ?? { url: location.href, WebSocket };
      const client = new Client("./connection/websocket", { getToken, nodes: new Nodes(node) });
      let isDone = false;
      client.addEventListener("state", ({ detail: { state, code } }) => {
        if (state !== "connecting" && !isDone) {
          isDone = true; // Closing is a change of the state, too.
          done(state === "live" ? "" : (CHECK_RESULTS[code] ?? "notChecked"));
          client.close();
        }
      });
      client.connect();
    });
  }

  /** Returns a promise of the token to connect with, empty for none: the option `getToken` of a `Client`. */
  async token({ expired = false, node } = {}) {
    this.#demoLogin.node = node ?? this.#demoLogin.node;
    if (this.isPasted) {
      if (expired) {
        throw new Failure(EXPIRED, "the token has expired");
      }
      return this.#pasted;
    }
    this.#usesDemoLogin = this.#name !== "" && (await this.#demoLogin.isOffered());
    return this.#usesDemoLogin ? this.#demoLogin.token(this.#name, { expired }) : "";
  }

  /** Returns a promise of the header fields of a request with the token. */
  async headers() {
    const token = await this.token();
    return token ? { Authorization: `Bearer ${token}` } : {};
  }

  #setPasted(token) {
    this.#pasted = token;
    this.#usesDemoLogin = false;
    tabStorage.set("token", token);
  }
}

/** The demo login of a server, which gives a token for any name. */
class DemoLogin {
  static #OPTIONS_PATH = "./login";
  static #PATH = "./demo/login";
  static #TIMEOUT_MILLIS = 10_000;
  /** A token is used again during this part of its lifetime, so that not each reconnect asks for one. */
  static #REUSE_PART = 0.5;

  /** The node of the last connection; `undefined` for that of the page. */
  node;
  /** `null` until known. */
  #offered = null;
  #name = "";
  #token = "";
  #reuseUntil = 0;

  /** Returns a promise of what the server accepts, `{tokens, demo}`, rejected with a `Failure`. */
  async options() {
    const { tokens, demo } = await this.#request(DemoLogin.#OPTIONS_PATH);
    this.#offered = demo === true;
    return { tokens: tokens === true, demo: this.#offered };
  }

  /** Returns a promise whether the server has a demo login. It is asked until it has answered. */
  async isOffered() {
    if (this.#offered === null) {
      try {
        await this.options();
      } catch (failure) {
        if (failure.temporary) {
          throw failure;
        }
        this.#offered = false;
      }
    }
    return this.#offered;
  }

  /** Returns a promise of a token for a name, rejected with a `Failure`. */
  async token(name, { expired }) {
    const isReusable = name === this.#name && performance.now() < this.#reuseUntil && !expired;
    if (!isReusable) {
      const { token, expiresInSeconds } = await this.#login(name);
      this.#name = name;
      this.#token = token;
      this.#reuseUntil = performance.now() + expiresInSeconds * 1000 * DemoLogin.#REUSE_PART;
    }
    return this.#token;
  }

  /** Asks for a new token the next time. */
  forget() {
    this.#reuseUntil = 0;
  }

  async #login(name) {
    try {
      const headers = { "Content-Type": "application/json" };
      return await this.#request(DemoLogin.#PATH, { method: "POST", headers, body: JSON.stringify({ name }) });
    } catch (failure) {
      this.#offered = null; // The demo login may have been turned off.
      throw failure;
    }
  }

  async #request(path, options) {
    const signal = AbortSignal.timeout(DemoLogin.#TIMEOUT_MILLIS);
    try {
      return await requestJson(path, { cache: "no-store", signal, node: this.node, ...options });
    } catch (error) {
      throw new Failure(error.status, error.message, { temporary: error.isTemporary });
    }
  }
}

function subjectOf(token) {
  try {
    const base64 = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    const { sub } = JSON.parse(new TextDecoder().decode(bytes));
    return typeof sub === "string" ? sub : "";
  } catch {
    return "";
  }
}
