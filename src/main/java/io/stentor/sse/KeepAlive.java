package io.stentor.sse;

import io.netty.channel.EventLoop;
import io.stentor.message.CloseReason;
import io.stentor.timer.TimerWheel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps idle event streams open. Notifies every stream of one event loop that has sent nothing for
 * an interval, so that the stream can write a comment and proxies do not close it. Must be used on
 * that event loop only.
 */
public final class KeepAlive {

  /** A stream that is kept alive. */
  public interface Kept {
    /** Called when nothing was sent for one interval. */
    void silent();

    void close(CloseReason reason);

    /** Closes the stream for a shutdown. */
    void leave();

    /** The stream's entry in the slots. */
    Place place();
  }

  /** A stream's slot, its index within the slot, and the time in seconds of the last send. */
  static final class Place {
    private int slot = -1;
    private int index;
    private int sentAt;
  }

  /*
   * There is one slot per second of the interval. A stream is in the slot of the second of its last
   * known send. The slot is checked one interval later: a stream that has sent something since
   * moves to the slot of that second; any other has been silent for exactly one interval.
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

  /** Whether {@link #closeAll} was called. A stream added afterwards has to close itself. */
  boolean isClosed() {
    return closed;
  }

  void add(Kept stream) {
    stream.place().sentAt = now;
    put(stream);
  }

  /** Records a send. Must be called whenever something is sent on the stream. */
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

  /** Runs an action for every stream of this event loop. */
  void forEach(Consumer<Kept> action) {
    slots.forEach(slot -> slot.forEach(action));
  }

  /** Closes every stream of this event loop and marks this instance as closed. */
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
