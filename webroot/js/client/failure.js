/** Numbers of the server's: one may not do that; the token has expired. */
export const DENIED = 103;
export const EXPIRED = 109;

/**
 * Why something was not done.
 *
 * `code` is the server's number, or the WebSocket close code; 0 where there is none. `temporary`:
 * the same may be asked again. `unsure`: it may have been done all the same, so asking again could
 * do it twice.
 */
export class Failure extends Error {
  constructor(code, message, { temporary = false, unsure = false } = {}) {
    super(message);
    this.name = "Failure";
    this.code = code;
    this.temporary = temporary;
    this.unsure = unsure;
  }

  /** What the server answered instead of a result. */
  static of({ code, message, temporary }) {
    return new Failure(code, message, { temporary });
  }

  /** The connection was lost before there was an answer. */
  static lost() {
    return new Failure(0, "the connection was lost", { temporary: true, unsure: true });
  }
}
