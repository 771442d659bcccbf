package io.stentor.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.CloseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeepAliveTest {
  private static final int INTERVAL = 15;

  private final KeepAlive keepAlive = new KeepAlive(INTERVAL);
  private int now;

  /** A stream that writes down when it was found silent. */
  private final class Stream implements KeepAlive.Kept {
    private final KeepAlive.Slot place = new KeepAlive.Slot();
    private final List<Integer> silentAt = new ArrayList<>();
    private int lastSent = now;
    private @Nullable CloseReason closed;

    @Override
    public void silent() {
      silentAt.add(now);
      send();
    }

    void send() {
      lastSent = now;
      keepAlive.sent(place);
    }

    @Override
    public void close(CloseReason reason) {
      closed = reason;
      keepAlive.remove(this);
    }

    @Override
    public void leave() {
      close(CloseReason.SHUTDOWN);
    }

    @Override
    public KeepAlive.Slot place() {
      return place;
    }
  }

  private Stream added() {
    Stream stream = new Stream();
    keepAlive.add(stream);
    return stream;
  }

  private void seconds(int count) {
    for (int i = 0; i < count; i++) {
      now++;
      keepAlive.everySecond();
    }
  }

  @Test
  void a_stream_on_which_nothing_is_sent_is_silent_once_an_interval() {
    seconds(4);
    Stream stream = added();
    seconds(50);
    assertThat(stream.silentAt).containsExactly(19, 34, 49);
  }

  /** Whenever something is sent, no stream is silent for longer, and none is bothered earlier. */
  @Property(tries = 300)
  void streams_are_found_exactly_an_interval_after_the_last_that_was_sent(@ForAll long seed) {
    Random random = new Random(seed);
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      if (random.nextInt(4) == 0) {
        streams.add(added());
      }
      for (Stream stream : List.copyOf(streams)) {
        int before = stream.silentAt.size();
        if (random.nextInt(12) == 0) {
          stream.send();
        } else if (random.nextInt(40) == 0) {
          keepAlive.remove(stream);
          keepAlive.remove(stream);
          streams.remove(stream);
        }
        assertThat(stream.silentAt).hasSize(before);
      }
      List<Stream> due = streams.stream().filter(s -> now + 1 - s.lastSent == INTERVAL).toList();
      seconds(1);
      for (Stream stream : streams) {
        boolean found = !stream.silentAt.isEmpty() && stream.silentAt.contains(now);
        assertThat(found).as("seed %s, second %s", seed, now).isEqualTo(due.contains(stream));
      }
    }
  }

  @Test
  void all_streams_are_closed_and_later_ones_are_told_so() {
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      streams.add(added());
      seconds(i % 3);
    }
    keepAlive.remove(streams.get(7));
    assertThat(keepAlive.isClosed()).isFalse();
    keepAlive.closeAll(CloseReason.SHUTDOWN);
    assertThat(keepAlive.isClosed()).isTrue();
    for (int i = 0; i < 40; i++) {
      assertThat(streams.get(i).closed).isEqualTo(i == 7 ? null : CloseReason.SHUTDOWN);
    }
  }
}
