/** Error codes of the server: permission denied, bad request, token expired. */
export const DENIED = 103;
export const BAD_REQUEST = 107;
export const EXPIRED = 109;

/**
 * The reason why a command was not carried out.
 *
 * `code` is the server's error code or a WebSocket close code, 0 if there is none. `temporary`: the command may be
 * repeated later. `unsure`: the server may have carried it out, so repeating it could do it twice.
 */
export class Failure extends Error {
  constructor(code, message, { temporary = false, unsure = false } = {}) {
    super(message);
    this.name = "Failure";
    this.code = code;
    this.temporary = temporary;
    this.unsure = unsure;
  }

  /** Creates the failure for an error reply of the server. */
  static of({ code, message, temporary }) {
    return new Failure(code, message, { temporary });
  }

  /** Creates the failure for a connection that was lost before the reply came. */
  static lost() {
    return new Failure(0, "the connection was lost", { temporary: true, unsure: true });
  }
}
