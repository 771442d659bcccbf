package io.stentor.sse;

import io.netty.channel.EventLoop;
import io.stentor.message.CloseReason;
import io.stentor.timer.TimerWheel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps idle event streams open: calls every stream of one event loop that has sent nothing for an
 * interval, so that it writes a comment and no proxy closes it. Belongs to that loop.
 */
public final class KeepAlive {

  /** A stream. */
  public interface Kept {
    /** Called when nothing was sent for an interval. */
    void silent();

    void close(CloseReason reason);

    /** Closes the stream for a shutdown. */
    void leave();

    /** The stream's place in the slots. */
    Place place();
  }

  /** A stream's place, and when something was last sent on it. */
  static final class Place {
    private int slot = -1;
    private int index;
    private int sentAt;
  }

  /*
   * One slot for each second of the interval. A stream stands in the slot of the second at which it
   * was last known to have sent something; it is looked at one round later, and then moves to the
   * slot of what it has sent since, or has been silent for exactly a round.
   */

  private final List<List<Kept>> slots = new ArrayList<>();
  private int now;
  private boolean closed;

  /**
   * Creates an instance without streams.
   *
   * @param intervalSeconds at least 1
   */
  public KeepAlive(int intervalSeconds) {
    for (int i = 0; i < intervalSeconds; i++) {
      slots.add(new ArrayList<>());
    }
  }

  void start(EventLoop loop) {
    TimerWheel.of(loop).every(1000, this::everySecond);
  }

  /** Whether {@link #closeAll} was called: a new stream then has to close by itself. */
  boolean isClosed() {
    return closed;
  }

  void add(Kept stream) {
    stream.place().sentAt = now;
    put(stream);
  }

  /** To be called when something is sent on the stream. */
  void sent(Place place) {
    place.sentAt = now;
  }

  void remove(Kept stream) {
    Place place = stream.place();
    if (place.slot >= 0) {
      List<Kept> slot = slots.get(place.slot);
      Kept last = slot.remove(slot.size() - 1);
      if (last != stream) {
        slot.set(place.index, last);
        last.place().index = place.index;
      }
      place.slot = -1;
    }
  }

  /** Every stream of this loop. */
  void forEach(Consumer<Kept> action) {
    slots.forEach(slot -> slot.forEach(action));
  }

  /** Closes every stream of this loop. */
  void closeAll(CloseReason reason) {
    closed = true;
    for (List<Kept> slot : slots) {
      List.copyOf(slot).forEach(stream -> stream.close(reason));
    }
  }

  void everySecond() {
    now++;
    List<Kept> due = slots.get(now % slots.size());
    for (int i = due.size() - 1; i >= 0; i--) {
      Kept stream = due.get(i);
      if (now - stream.place().sentAt >= slots.size()) {
        stream.place().sentAt = now;
        stream.silent();
      } else {
        remove(stream);
        put(stream);
      }
    }
  }

  private void put(Kept stream) {
    Place place = stream.place();
    place.slot = place.sentAt % slots.size();
    place.index = slots.get(place.slot).size();
    slots.get(place.slot).add(stream);
  }
}
