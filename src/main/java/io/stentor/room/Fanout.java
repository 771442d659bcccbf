package io.stentor.room;

import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import java.util.ArrayList;
import java.util.List;

/**
 * Distributes the publications of one feed to its tails, which may be on any event loop. Encodes
 * once per format and passes the same bytes to every tail. Confined to the feed's loop.
 */
final class Fanout {

  private final RoomName room;
  private final List<Tail> tails = new ArrayList<>();

  Fanout(RoomName room) {
    this.room = room;
  }

  boolean isEmpty() {
    return tails.isEmpty();
  }

  /** Adds a tail, which receives everything after the position. */
  void add(Tail tail, Position at) {
    tails.add(tail);
    tail.loop().run(() -> tail.attached(at));
  }

  void remove(Tail tail) {
    tails.remove(tail);
  }

  /**
   * Tells all tails that the room, which was empty, now has a log with another epoch. Nothing was
   * missed.
   */
  void renewed(Position start) {
    for (Tail tail : tails) {
      tail.loop().run(() -> tail.renewed(start));
    }
  }

  /** Tells all tails that the log continues at another position. */
  void lost(Position at) {
    for (Tail tail : List.copyOf(tails)) {
      tail.loop().run(() -> tail.lost(at));
    }
  }

  /**
   * Delivers publications to all tails.
   *
   * @param epoch epoch of the log; 0 if there is none
   * @param first offset of the first publication; 0 if there is no log
   * @param after position of the last publication
   */
  void deliver(List<Publication> publications, long epoch, long first, Position after) {
    List<Format> done = new ArrayList<>(1);
    for (int i = 0; i < tails.size(); i++) {
      Format format = tails.get(i).format();
      if (!done.contains(format)) {
        done.add(format);
        deliver(format, Encoded.of(format, room, publications, epoch, first), after);
      }
    }
  }

  /** Passes the same bytes to every tail of the format. Takes ownership of the only reference. */
  private void deliver(Format format, Encoded encoded, Position after) {
    for (Tail tail : tails) {
      if (tail.format() == format) {
        encoded.retain();
        if (tail.loop().inEventLoop()) {
          tail.append(encoded, after);
        } else {
          tail.loop().run(() -> tail.append(encoded, after));
        }
      }
    }
    encoded.release();
  }
}
