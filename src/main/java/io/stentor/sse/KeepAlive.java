package io.stentor.sse;

import io.netty.channel.EventLoop;
import io.stentor.connection.SwapRemoveList;
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
  public interface Kept extends SwapRemoveList.Element {
    /** Called when nothing was sent for one interval. */
    void silent();

    void close(CloseReason reason);

    /** Closes the stream for a shutdown. */
    void leave();

    /** The stream's place in the slots. */
    @Override
    Slot place();
  }

  /** The place of a stream, and the time of its last send in seconds. */
  static final class Slot extends SwapRemoveList.Place {
    private int sentAt;
  }

  /*
   * There is one slot per second of the interval. A stream is in the slot of the second of its last
   * known send. The slot is checked one interval later: a stream that has sent something since
   * moves to the slot of that second; any other has been silent for exactly one interval.
   */

  private final List<SwapRemoveList<Kept>> slots = new ArrayList<>();
  private int now;
  private boolean closed;

  /**
   * Creates an instance without streams.
   *
   * @param intervalSeconds at least 1
   */
  public KeepAlive(int intervalSeconds) {
    for (int i = 0; i < intervalSeconds; i++) {
      slots.add(new SwapRemoveList<>(0));
    }
  }

  void start(EventLoop loop) {
    TimerWheel.of(loop).every(1000, this::everySecond);
  }

  /**
   * Returns whether {@link #closeAll} was called. A stream added afterwards has to close itself.
   */
  boolean isClosed() {
    return closed;
  }

  void add(Kept stream) {
    stream.place().sentAt = now;
    put(stream);
  }

  /** Records a send. Must be called whenever something is sent on the stream. */
  void sent(Slot place) {
    place.sentAt = now;
  }

  void remove(Kept stream) {
    SwapRemoveList.remove(stream);
  }

  /** Runs an action for every stream of this event loop. */
  void forEach(Consumer<Kept> action) {
    slots.forEach(slot -> slot.forEach(action));
  }

  /** Closes every stream of this event loop and marks this instance as closed. */
  void closeAll(CloseReason reason) {
    closed = true;
    for (SwapRemoveList<Kept> slot : slots) {
      slot.copy().forEach(stream -> stream.close(reason));
    }
  }

  void everySecond() {
    now++;
    SwapRemoveList<Kept> due = slots.get(now % slots.size());
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
    slots.get(stream.place().sentAt % slots.size()).add(stream);
  }
}
