/**
 * The contents of messages that a server sends as deltas: patches in Fossil's delta format that make a message out of
 * the one before it.
 */

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";
const VALUES = new Map([...DIGITS].map((digit, value) => [digit.charCodeAt(0), value]));
const [AT, COLON, COMMA, LINE_END, SEMICOLON] = [..."@:,\n;"].map((character) => character.charCodeAt(0));

/** A message is not longer than this, whatever a patch says. */
const MAX_BYTES = 2 ** 24;

/** The members of a publication that only patches have. */
const MARK_BYTES = ',"delta":true'.length;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The messages of one subscription with deltas, in their order. */
export class Deltas {
  #before = new Uint8Array();
  #bytes;

  /**
   * Expects a complete message first. Adds to `bytes`, `{sent, complete}`, how many bytes the contents have as they
   * arrive, in JSON strings, and how many they would have without deltas.
   */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  /** Returns the content of a publication. Throws an error if it cannot be made: no later patch can be applied then. */
  read({ data, delta = false }) {
    const sent = encoder.encode(data);
    const whole = delta ? applied(this.#before, sent) : sent;
    this.#before = whole;
    this.#bytes.sent += encoder.encode(JSON.stringify(data)).length + (delta ? MARK_BYTES : 0);
    this.#bytes.complete += whole.length;
    return JSON.parse(delta ? decoder.decode(whole) : data);
  }
}

/** Returns what a patch makes out of the base. Throws an error if it does not fit. */
export function applied(base, patch) {
  const reader = new Reader(patch);
  const total = reader.number();
  reader.expect(LINE_END);
  require(total <= MAX_BYTES);
  const result = new Uint8Array(total);
  let length = 0;
  for (;;) {
    const number = reader.number();
    const command = reader.byte();
    if (command === SEMICOLON) {
      require(length === result.length && checksum(result) === number);
      return result;
    }
    let part;
    if (command === AT) {
      const offset = reader.number();
      reader.expect(COMMA);
      part = base.subarray(offset, offset + number);
    } else {
      require(command === COLON);
      part = reader.bytes(number);
    }
    require(part.length === number && number <= result.length - length);
    result.set(part, length);
    length += number;
  }
}

class Reader {
  #patch;
  #next = 0;

  constructor(patch) {
    this.#patch = patch;
  }

  number() {
    const from = this.#next;
    let number = 0;
    for (let value = VALUES.get(this.#patch[from]); value !== undefined; value = VALUES.get(this.#patch[this.#next])) {
      number = ((number << 6) + value) >>> 0;
      this.#next++;
    }
    require(this.#next > from);
    return number;
  }

  byte() {
    require(this.#next < this.#patch.length);
    return this.#patch[this.#next++];
  }

  expect(byte) {
    require(this.byte() === byte);
  }

  bytes(count) {
    this.#next += count;
    return this.#patch.subarray(this.#next - count, this.#next);
  }
}

/** Returns the sum of the bytes as big-endian integers of 32 bits, with zeros at the end. */
function checksum(bytes) {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) {
    sum = (sum + (bytes[i] << (24 - 8 * (i % 4)))) >>> 0;
  }
  return sum;
}

function require(condition) {
  if (!condition) {
    throw new Error("not a patch for this message");
  }
}
