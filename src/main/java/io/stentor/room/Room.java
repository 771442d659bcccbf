package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.room.Counts.Count;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Cursor.Start;
import io.stentor.room.Tail.TailCursor;
import io.stentor.timer.LoopExecutor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One room on one event loop, with a tail for each format and filter of its connections there.
 * Exists while it has cursors. Confined to that loop.
 */
final class Room implements Tail.Owner {

  /** What a room needs from its event loop. */
  interface Owner {
    LoopExecutor executor();

    /** A cursor has left the room. */
    void left(Room room);

    /** The last cursor has left the room. */
    void ended(Room room);
  }

  /** Provides the publications for a room's tails. */
  interface Source extends CatchUp.Source {
    /**
     * Requests all publications from now on. Calls {@link Tail#attached} when the tail receives
     * them.
     */
    void attach(Tail tail);

    /** Cancels {@link #attach}. */
    void detach(Tail tail);

    /** Releases the room. Called after the last tail was detached. */
    void end();
  }

  private final RoomName name;
  private RoomOptions options;
  private final Owner owner;
  private final Source source;
  private final FiltersInUse filters;
  private final Counts counts;
  private final List<Tail> tails = new ArrayList<>(1);

  /** Cursors whose tail is not attached yet, with their requested start. */
  private final Map<TailCursor, Start> waiting = new LinkedHashMap<>();

  /**
   * Creates a room without cursors.
   *
   * @param filters from which each tail with a filter is released at its end
   */
  Room(
      RoomName name,
      RoomOptions options,
      Owner owner,
      Source source,
      FiltersInUse filters,
      Counts counts) {
    this.filters = filters;
    this.name = name;
    this.options = options;
    this.owner = owner;
    this.source = source;
    this.counts = counts;
  }

  RoomName name() {
    return name;
  }

  /** Replaces the options. The room must not gain or lose its log. */
  void options(RoomOptions changed) {
    options = changed;
    tails.forEach(tail -> tail.options(changed));
  }

  /**
   * Adds a cursor. Places it immediately, or as soon as this node receives the room's publications.
   */
  Cursor join(Tail tail, Connection connection, Start start) {
    TailCursor cursor = tail.add(connection);
    if (tail.isAttached()) {
      place(cursor, start);
    } else {
      waiting.put(cursor, start);
    }
    return cursor;
  }

  /**
   * Returns the tail for connections with this format and filter.
   *
   * @throws JoinLimitReached if that would be one filter too many
   */
  Tail tail(Format format, @Nullable TagFilter filter) throws JoinLimitReached {
    for (Tail tail : tails) {
      if (tail.isFor(format, filter)) {
        return tail;
      }
    }
    if (filter != null) {
      try {
        filters.hold(name, filter);
      } catch (JoinLimitReached e) {
        endIfUnused();
        throw e;
      }
    }
    Tail tail = new Tail(this, format, filter, options, owner.executor(), counts);
    tails.add(tail);
    source.attach(tail);
    return tail;
  }

  @Override
  public void attached(Tail tail) {
    Map<TailCursor, Start> ready = new LinkedHashMap<>();
    waiting.forEach(
        (cursor, start) -> {
          if (cursor.tail() == tail) {
            ready.put(cursor, start);
          }
        });
    waiting.keySet().removeAll(ready.keySet());
    ready.forEach(
        (cursor, start) -> {
          if (!cursor.hasLeft()) {
            place(cursor, start);
          }
        });
  }

  private void place(TailCursor cursor, Start start) {
    Position live = cursor.tail().position();
    boolean logged = options.history().messages() > 0;
    boolean latest = logged && options.history().startsWithLatest();
    cursor.moveToEnd();
    cursor.connection().joined();
    if (start instanceof Start.Since since && logged && since.position().equals(live)) {
      // Nothing was published since then, so there is nothing to read; typical of long polls.
      counts.add(Count.RECOVERED, 1);
      if (since.received()) {
        cursor.markBefore();
      }
      cursor.tell(new Notice(live, Notice.Kind.RECOVERED, 0));
    } else if (start instanceof Start.Since since && logged) {
      CatchUp.since(name, source, cursor, counts, since, latest).begin();
    } else if (start instanceof Start.Since || start instanceof Start.Lost) {
      counts.add(Count.UNRECOVERABLE, 1);
      cursor.tell(new Notice(live, Notice.Kind.LOST, 0));
    } else if (start instanceof Start.Last last && last.messages() > 0 && logged) {
      CatchUp.last(name, source, cursor, counts, live, last.messages(), latest).begin();
    } else if (start instanceof Start.AsConfigured && latest) {
      CatchUp.latest(name, source, cursor, counts, live).begin();
    } else {
      cursor.tell(new Notice(live, Notice.Kind.JOINED, 0));
    }
  }

  @Override
  public void left(Tail tail, TailCursor cursor) {
    owner.left(this);
    waiting.remove(cursor);
    if (tail.isEmpty()) {
      tail.close();
      tails.remove(tail);
      source.detach(tail);
      TagFilter filter = tail.filter();
      if (filter != null) {
        filters.release(name, filter);
      }
      endIfUnused();
    }
  }

  private void endIfUnused() {
    if (tails.isEmpty()) {
      owner.ended(this);
      source.end();
    }
  }
}
