package io.stentor.room;

import io.stentor.history.Page;
import io.stentor.logging.LimitedWarnings;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Counts.Count;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Cursor.Start;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Moves one cursor from an older position to the tail. Reads page by page from the node's cache or
 * the log, as fast as the socket accepts data, and continues in the tail without gaps or
 * duplicates. Confined to the cursor's loop.
 */
final class CatchUp implements Tail.Reading {

  /*
   * Before each page is requested, the cursor moves to the end of the tail, so that the tail keeps
   * everything that arrives from then on. The page either contains everything up to that end or
   * beyond it, or indicates that more follows. In the first case the cursor continues in the tail
   * directly after the page. In the second it reads the next page. If the tail had to drop
   * publications in the meantime, they are read from the log as well.
   */

  /**
   * Maximum size of a page, in bytes of messages. Limits how much data is buffered for one slow
   * socket.
   */
  static final int PAGE_BYTES = 64 * 1024;

  private static final int PAGE_MESSAGES = 1024;
  private static final long RETRY_MILLIS = 50;

  /** Maximum number of failures in a row: more than ten seconds of retries. */
  private static final int MAX_FAILURES = 200;

  private static final LimitedWarnings WARNINGS =
      new LimitedWarnings(LoggerFactory.getLogger(CatchUp.class));

  /** Provides older publications. Any thread; futures complete on any thread. */
  interface Source extends NewestMatch.Reader {
    /** Requests a comparison of the node's feed with the log. */
    void check();
  }

  private final RoomName room;
  private final Source source;
  private final Tail.TailCursor cursor;
  private final Counts counts;
  private final boolean thenLatest;

  /** What the client is told when it gets its place. */
  private Notice.Kind kind;

  private boolean announced;
  private Position after;

  /** Whether the newest message is searched next, up to {@link #after}, and not what follows it. */
  private boolean searches;

  /**
   * True from the request for a page until the page is written, so at most one page is in flight.
   */
  private boolean busy;

  /** Whether nothing was written for the last message before {@link #after}. */
  private boolean endsHidden;

  /** The publication at {@link #after}; null if it is not known, or there are no deltas. */
  private @Nullable Publication before;

  /** Whether the connection was sent the publication at {@link #after}. */
  private boolean hasBefore;

  private int failures;

  private CatchUp(
      RoomName room,
      Source source,
      Tail.TailCursor cursor,
      Counts counts,
      Notice.Kind kind,
      Position after,
      boolean thenLatest) {
    this.room = room;
    this.source = source;
    this.cursor = cursor;
    this.counts = counts;
    this.kind = kind;
    this.after = after;
    this.thenLatest = thenLatest;
  }

  /**
   * Creates a catch-up from a cursor's previous position; {@link #begin} starts it.
   *
   * @param thenLatest where the cursor continues when messages are lost: at the newest message of
   *     the log, or after it
   */
  static CatchUp since(
      RoomName room,
      Source source,
      Tail.TailCursor cursor,
      Counts counts,
      Start.Since since,
      boolean thenLatest) {
    Notice.Kind kind = Notice.Kind.RECOVERED;
    CatchUp created = new CatchUp(room, source, cursor, counts, kind, since.position(), thenLatest);
    created.hasBefore = since.received();
    return created;
  }

  /**
   * Creates a catch-up from a number of messages before the end, or from the oldest message if
   * there are fewer; {@link #begin} starts it. A gap after that counts as a loss.
   */
  static CatchUp last(
      RoomName room,
      Source source,
      Tail.TailCursor cursor,
      Counts counts,
      Position end,
      int messages,
      boolean thenLatest) {
    Position after = new Position(end.epoch(), Math.max(0, end.offset() - messages));
    return new CatchUp(room, source, cursor, counts, Notice.Kind.JOINED, after, thenLatest);
  }

  /**
   * Creates a catch-up from the newest message of a log; {@link #begin} starts it.
   *
   * @param end the end of the log
   */
  static CatchUp latest(
      RoomName room, Source source, Tail.TailCursor cursor, Counts counts, Position end) {
    CatchUp created = new CatchUp(room, source, cursor, counts, Notice.Kind.JOINED, end, true);
    created.searches = true;
    return created;
  }

  void begin() {
    cursor.reading(this);
    read();
  }

  @Override
  public Position position() {
    return after;
  }

  @Override
  public void drained() {
    if (!busy) {
      read();
    }
  }

  private void read() {
    busy = true;
    cursor.moveToEnd();
    (searches
            ? NewestMatch.find(source, cursor.tail().filter(), after)
            : source.read(after, PAGE_MESSAGES, PAGE_BYTES))
        .onComplete((page, failure) -> cursor.tail().loop().run(() -> completed(page, failure)));
  }

  private void completed(@Nullable Page page, @Nullable Throwable failure) {
    if (cursor.hasLeft()) {
      return;
    }
    if (page != null && searches) {
      takeNewest(page);
    } else if (page != null) {
      take(page);
    } else if (++failures <= MAX_FAILURES) {
      // A log is briefly unreadable after a node has joined or left.
      readLater();
    } else {
      WARNINGS.warn("room {}: history cannot be read: {}", room, String.valueOf(failure));
      cursor.close(CloseReason.INTERNAL);
    }
  }

  private void readLater() {
    busy = true;
    cursor
        .tail()
        .loop()
        .after(
            RETRY_MILLIS,
            () -> {
              if (!cursor.hasLeft()) {
                read();
              }
            });
  }

  private void take(Page page) {
    boolean reaches = page.continues(after);
    if (!reaches && cursor.tail().mayContinue(after, page.epoch()) && ++failures <= MAX_FAILURES) {
      // Until the node knows, a client could only be told its place in a branch that may have
      // ended.
      source.check();
      readLater();
      return;
    }
    if (!reaches && (announced || kind == Notice.Kind.RECOVERED)) {
      lost(page.end());
      return;
    }
    boolean forks = announced && page.epoch() != after.epoch();
    // The same place in the present branch of the log, or its start.
    after = new Position(page.epoch(), reaches ? after.offset() : page.first() - 1);
    if (forks) { // Told before it is sent what is only in the new branch.
      cursor.connection().forked();
    }
    if (announce() && !cursor.hasLeft()) {
      failures = 0;
      write(page);
      proceed(after.offset() >= page.top());
    }
  }

  /** Continues with the message that was found, if there is one, at the end of the page. */
  private void takeNewest(Page page) {
    searches = false;
    after = new Position(page.epoch(), page.first() - 1);
    if (announce()) {
      write(page);
      after = page.end();
      proceed(true);
    }
  }

  /** Tells the client its place, once. Returns whether it is still there. */
  private boolean announce() {
    if (announced) {
      return true;
    }
    announced = true;
    if (kind == Notice.Kind.RECOVERED) {
      counts.add(Count.RECOVERED, 1);
    }
    return cursor.tell(new Notice(after, kind, 0));
  }

  private void write(Page page) {
    if (!page.publications().isEmpty()) {
      Connection connection = cursor.connection();
      Tail tail = cursor.tail();
      List<Publication> all = page.publications();
      Encoded encoded =
          Encoded.of(
              tail.format().uncompressed(),
              tail.filter(),
              room,
              before,
              all,
              page.epoch(),
              page.first());
      after = new Position(page.epoch(), page.last());
      endsHidden = encoded.endsHidden();
      encoded.write(0, connection.id(), hasBefore, connection.output(), counts);
      hasBefore = encoded.last(connection.id()) == all.size() - 1;
      before = tail.format().hasDeltas() ? all.get(all.size() - 1) : null;
      encoded.release();
      connection.output().flush();
    }
  }

  private void proceed(boolean atEndOfLog) {
    if (atEndOfLog) {
      if (endsHidden && !cursor.tell(new Notice(after, Notice.Kind.PASSED, 0))) {
        return;
      }
      endsHidden = false;
      if (!cursor.continueAfter(after, hasBefore)) {
        // The log is ahead of this node, possibly in another epoch, so the feed has to check it as
        // well.
        source.check();
        readLater();
      }
    } else if (cursor.connection().output().isWritable()) {
      read();
    } else {
      busy = false;
    }
  }

  /**
   * Messages are missing.
   *
   * @param end the end of the log
   */
  private void lost(Position end) {
    if (!announced) {
      counts.add(Count.UNRECOVERABLE, 1);
    }
    before = null;
    hasBefore = false;
    if (thenLatest) {
      kind = Notice.Kind.LOST;
      announced = false;
      after = end;
      searches = true;
      read();
    } else {
      cursor.reading(null);
      cursor.moveToEnd();
      cursor.tell(new Notice(cursor.tail().position(), Notice.Kind.LOST, 0));
    }
  }
}
