/**
 * Where a client is in the log of a room: the epoch, and the offset of what it heard last. A room
 * without a log has no places, and then none is known.
 */
export class Place {
  epoch = "";
  offset = 0;
  #known = false;

  /** `epoch:offset`; empty where none is known. */
  toString() {
    return this.#known ? `${this.epoch}:${this.offset}` : "";
  }

  /** What of a subscription says where to go on. */
  get asRequest() {
    return this.#known ? { recover: true, epoch: this.epoch, offset: this.offset } : {};
  }

  /** Takes what the server answered to that. */
  entered({ recoverable = false, recovered = false, epoch = "", offset = 0 }) {
    if (!recovered) {
      this.epoch = epoch;
      this.offset = offset;
    }
    this.#known = recoverable;
  }

  /**
   * Goes on to what was heard now. Returns how many offsets were left out before it, or -1 where it was
   * heard already.
   */
  stepTo(offset) {
    if (!this.#known || offset === 0) {
      return 0;
    }
    const skipped = offset - this.offset - 1;
    if (skipped < 0) {
      return -1;
    }
    this.offset = offset;
    return skipped;
  }
}
