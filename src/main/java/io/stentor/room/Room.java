package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.history.History;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One room on one event loop: a tail for each format that its connections there have. It exists
 * while anyone is in it, and belongs to that loop.
 */
final class Room {

  private final RoomName name;
  private RoomOptions options;
  private final History history;
  private final Loop loop;
  private final Attachments attachments;
  private final Counts counts;
  private final List<Tail> tails = new ArrayList<>(1);

  /** Cursors whose tail is not attached yet, and where they want to begin. */
  private final Map<Cursor, Start> waiting = new LinkedHashMap<>();

  /** Where a room's tails get their publications from. */
  interface Attachments {
    /** Asks for everything from now on; {@link Tail#attached} answers. */
    void attach(Tail tail);

    /** Nothing more is wanted. */
    void detach(Tail tail);

    /** The room ends, behind its last tail; gives back what was held for it. */
    void end();

    /** Asks for a comparison with the log. */
    void check();

    /**
     * Asks for what follows a position, up to everything that the tails were given by then; empty
     * where the log has to be asked. Completes on the feed's loop.
     */
    Future<Optional<Page>> recent(Position after);
  }

  Room(
      RoomName name,
      RoomOptions options,
      History history,
      Loop loop,
      Attachments attachments,
      Counts counts) {
    this.name = name;
    this.options = options;
    this.history = history;
    this.loop = loop;
    this.attachments = attachments;
    this.counts = counts;
  }

  RoomName name() {
    return name;
  }

  RoomOptions options() {
    return options;
  }

  /** From now on these hold; whether there is a log stays as it was. */
  void options(RoomOptions changed) {
    options = changed;
  }

  /** Places a cursor, at once or as soon as this node hears the room. */
  Cursor join(Connection connection, Start start) {
    Tail tail = tail(connection.format());
    Cursor cursor = new Cursor(tail, connection);
    tail.add(cursor);
    loop.cursors++;
    if (tail.isAttached()) {
      place(tail, cursor, start);
    } else {
      cursor.next = Long.MAX_VALUE;
      waiting.put(cursor, start);
    }
    return cursor;
  }

  private Tail tail(Format format) {
    for (Tail tail : tails) {
      if (tail.format() == format) {
        return tail;
      }
    }
    Tail tail = new Tail(this, format, loop, counts);
    tails.add(tail);
    attachments.attach(tail);
    return tail;
  }

  void attached(Tail tail) {
    Map<Cursor, Start> ready = new LinkedHashMap<>();
    waiting.forEach(
        (cursor, start) -> {
          if (cursor.isIn(tail)) {
            ready.put(cursor, start);
          }
        });
    waiting.keySet().removeAll(ready.keySet());
    ready.forEach(
        (cursor, start) -> {
          if (!cursor.hasLeft()) {
            place(tail, cursor, start);
          }
        });
  }

  private void place(Tail tail, Cursor cursor, Start start) {
    Position live = tail.position();
    boolean logged = options.history().messages() > 0;
    cursor.next = tail.end();
    cursor.connection().joined();
    if (start instanceof Start.Since since && logged && since.position().equals(live)) {
      // Nothing was said since: there is nothing to read, as for most long polls.
      tail.recovered(true);
      cursor.tell(new Notice(live, Notice.Kind.RECOVERED, 0));
    } else if (start instanceof Start.Since since && logged) {
      new CatchUp(cursor, tail, since.position(), false).begin();
    } else if (start instanceof Start.Since) {
      tail.recovered(false);
      cursor.tell(new Notice(live, Notice.Kind.LOST, 0));
    } else if (start instanceof Start.Last last && last.messages() > 0 && logged) {
      long offset = Math.max(0, live.offset() - last.messages());
      new CatchUp(cursor, tail, new Position(live.epoch(), offset), true).begin();
    } else {
      cursor.tell(new Notice(live, Notice.Kind.JOINED, 0));
    }
  }

  /** Reads what follows the position: from what this node has at hand, else from the log. */
  Future<Page> read(Position after, int maxMessages, int maxBytes) {
    return attachments
        .recent(after)
        .compose(
            recent ->
                recent
                    .map(Future::succeededFuture)
                    .orElseGet(
                        () -> history.read(name, after, maxMessages, maxBytes, options.history())));
  }

  void check() {
    attachments.check();
  }

  /** A cursor of this tail is gone, and the tail with it where it was the last one. */
  void left(Tail tail, Cursor cursor) {
    loop.cursors--;
    waiting.remove(cursor);
    if (tail.isEmpty()) {
      tail.close();
      tails.remove(tail);
      attachments.detach(tail);
      if (tails.isEmpty()) {
        loop.rooms.remove(name, this);
        attachments.end();
      }
    }
  }
}
