package io.stentor.room;

import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import java.util.ArrayList;
import java.util.List;

/**
 * The tails that one feed serves, on any event loop. Encodes once per format and hands the same
 * bytes to all. Belongs to the feed's loop.
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

  /** From here on the tail gets everything that comes after the position. */
  void add(Tail tail, Position at) {
    tails.add(tail);
    tail.loop().run(() -> tail.attached(at));
  }

  void remove(Tail tail) {
    tails.remove(tail);
  }

  /** The room, which was empty until now, has a log under another epoch; nothing was missed. */
  void renewed(Position start) {
    for (Tail tail : tails) {
      tail.loop().run(() -> tail.renewed(start));
    }
  }

  /** Tells everyone that the log goes on at another place. */
  void lost(Position at) {
    for (Tail tail : List.copyOf(tails)) {
      tail.loop().run(() -> tail.lost(at));
    }
  }

  /**
   * Hands out publications.
   *
   * @param epoch of the log; 0 where there is none
   * @param first offset of the first publication; 0 where there is no log
   * @param after the place behind the last publication
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

  /** Hands the same bytes to every tail of the format; takes over the one reference. */
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
