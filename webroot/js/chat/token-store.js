/**
 * What this tab shows to the server: a token that its user pasted, else one of the demo login for its
 * user's name, else nothing. A pasted token is kept as long as the tab is open, and nowhere else.
 */

import { EXPIRED, Failure } from "../client/failure.js";
import { rememberHere, rememberedHere } from "../common/storage.js";
import { DemoLogin } from "../login/demo-login.js";

const FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Whether a text may be a token: three parts in Base64 with dots between. */
export function isToken(text) {
  return FORM.test(text);
}

export class Pass {
  #demo = new DemoLogin();
  #name;
  #pasted = "";
  #ofDemo = false;

  /** `name` of the user, empty for none. */
  constructor(name) {
    this.#name = name;
    const kept = rememberedHere("token", "");
    this.#pasted = typeof kept === "string" && isToken(kept) ? kept : "";
  }

  /** Whether a token was pasted. */
  get isPasted() {
    return this.#pasted !== "";
  }

  /** Whether the token that was shown last is one of the demo login, which proves nothing. */
  get isOfDemo() {
    return this.#ofDemo;
  }

  /** Whether a token was shown last. */
  get isShown() {
    return this.isPasted || this.#ofDemo;
  }

  /** Whom a pasted token names; empty where it names nobody. */
  get user() {
    return this.isPasted ? userOf(this.#pasted) : "";
  }

  /** The user's name; empty for none. */
  get name() {
    return this.#name;
  }

  /** The user is called so from now on, and gets another token of the demo login for that. */
  call(name) {
    this.#name = name;
    this.#demo.forget();
  }

  paste(token) {
    this.#keep(token);
  }

  /** Shows the pasted token no more. */
  forget() {
    this.#keep("");
  }

  /** Whether the server gives a token for a name; `false` also where that cannot be known. */
  isDemoOffered() {
    return this.#demo.isOffered().catch(() => false);
  }

  /** What to show, as `Client` asks for it: a token or nothing. */
  async token({ expired = false } = {}) {
    if (this.isPasted) {
      if (expired) {
        throw new Failure(EXPIRED, "the token has expired");
      }
      return this.#pasted;
    }
    this.#ofDemo = this.#name !== "" && (await this.#demo.isOffered());
    return this.#ofDemo ? this.#demo.token(this.#name, { expired }) : "";
  }

  /** The same as header fields of a request. */
  async headers() {
    const token = await this.token();
    return token ? { Authorization: `Bearer ${token}` } : {};
  }

  #keep(token) {
    this.#pasted = token;
    this.#ofDemo = false;
    rememberHere("token", token);
  }
}

function userOf(token) {
  try {
    const base64 = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    const { sub } = JSON.parse(new TextDecoder().decode(bytes));
    return typeof sub === "string" ? sub : "";
  } catch {
    return "";
  }
}
