package io.stentor.room;

import io.stentor.history.Page;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one cursor from an older position to the tail: reads page by page, from what the node has
 * at hand or else from the log, as fast as the socket takes it, and hands over to the tail without
 * a gap or a repeat. Belongs to the cursor's loop.
 */
final class CatchUp {

  /*
   * Before each page is asked for, the cursor marks the tail's end, so that the tail keeps what
   * arrives from then on. The answer holds everything up to a place at or behind that mark, or says
   * that more follows. In the first case the cursor goes on in the tail right behind the answer; in
   * the second it reads on, and the mark moves forward. What the tail could not keep that long is
   * read from the log once more.
   */

  /** Most bytes of messages that are read at once, which bounds what waits for one slow socket. */
  static final int PAGE_BYTES = 64 * 1024;

  private static final int PAGE_MESSAGES = 1024;
  private static final long RETRY_MILLIS = 50;

  /** Over ten seconds of them. */
  private static final int MAX_FAILURES = 200;

  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

  private final Cursor cursor;
  private final Tail tail;
  private final boolean fromOldest;
  private Notice.Kind announce;
  private boolean announced;
  private Position after;

  /** From when a page is asked for until it was written: never two at once. */
  private boolean busy;

  private int failures;

  /**
   * A catch-up that has not begun.
   *
   * @param after where the cursor was
   * @param fromOldest whether it is fine to begin later when the log no longer reaches back so far;
   *     once it has begun, a gap is a loss in any case
   */
  CatchUp(Cursor cursor, Tail tail, Position after, boolean fromOldest) {
    this.cursor = cursor;
    this.tail = tail;
    this.after = after;
    this.fromOldest = fromOldest;
    this.announce = fromOldest ? Notice.Kind.JOINED : Notice.Kind.RECOVERED;
  }

  void begin() {
    cursor.catchUp = this;
    read();
  }

  /** Behind what was written to the connection. */
  Position position() {
    return after;
  }

  /** The socket takes more. */
  void drained() {
    if (!busy) {
      read();
    }
  }

  /** The tail has moved to another place: what it kept for this cursor does not count any more. */
  void again() {
    cursor.moveTo(tail.end());
  }

  private void read() {
    busy = true;
    cursor.moveTo(tail.end());
    tail.room()
        .read(after, PAGE_MESSAGES, PAGE_BYTES)
        .onComplete(
            (page, failure) ->
                tail.loop()
                    .run(
                        () -> {
                          if (cursor.hasLeft()) {
                            return;
                          }
                          if (page == null) {
                            failed(failure);
                          } else {
                            take(page);
                          }
                        }));
  }

  /** Right after a node came or went a log cannot be read for a moment. */
  private void failed(Throwable failure) {
    if (++failures > MAX_FAILURES) {
      LOG.warn("room {}: history cannot be read: {}", tail.room().name(), failure.toString());
      cursor.close(CloseReason.INTERNAL);
    } else {
      readLater();
    }
  }

  private void readLater() {
    busy = true;
    tail.loop()
        .after(
            RETRY_MILLIS,
            () -> {
              if (!cursor.hasLeft()) {
                read();
              }
            });
  }

  private void take(Page page) {
    boolean sameLog = page.epoch() == after.epoch() && after.offset() <= page.top();
    boolean reaches = sameLog && after.offset() + 1 >= page.oldest();
    if (!reaches && (announced || !fromOldest)) {
      lost();
      return;
    }
    if (!reaches) {
      after = new Position(page.epoch(), page.first() - 1);
    }
    if (!announced) {
      announced = true;
      if (!fromOldest) {
        tail.recovered(true);
      }
      if (!cursor.tell(new Notice(after, announce, 0))) {
        return;
      }
    }
    write(page);
    goOn(page);
  }

  private void write(Page page) {
    if (!page.publications().isEmpty()) {
      Encoded encoded =
          Encoded.of(
              cursor.connection().format(),
              tail.room().name(),
              page.publications(),
              page.epoch(),
              page.first());
      int bytes = encoded.size();
      cursor.connection().write(encoded.bytes());
      cursor.connection().flush();
      after = new Position(page.epoch(), page.last());
      tail.delivered(encoded.count(), bytes);
    }
  }

  private void goOn(Page page) {
    long number = tail.numberOf(after.offset() + 1);
    boolean complete = after.offset() >= page.top();
    boolean meetsTail =
        tail.position().epoch() == after.epoch() && number >= cursor.next && tail.has(number);
    if (complete && meetsTail) {
      cursor.moveTo(number);
      cursor.catchUp = null;
      tail.writeWaiting(cursor);
    } else if (complete) {
      // The log is ahead of this node, perhaps by an epoch: let the feed look, too.
      tail.room().check();
      readLater();
    } else if (cursor.connection().isWritable()) {
      read();
    } else {
      busy = false;
    }
  }

  private void lost() {
    if (!announced) {
      tail.recovered(false);
    }
    cursor.catchUp = null;
    cursor.moveTo(tail.end());
    cursor.tell(new Notice(tail.position(), Notice.Kind.LOST, 0));
  }
}
