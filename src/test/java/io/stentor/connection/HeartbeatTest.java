package io.stentor.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.Config.WebSocketOptions;
import io.stentor.message.CloseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeartbeatTest {
  private int now;

  /** A peer that answers, or not, and writes down when it was pinged and closed. */
  private final class Peer implements Heartbeat.Pinged {
    private final Heartbeat.Beat beat = new Heartbeat.Beat();
    private final List<Integer> pings = new ArrayList<>();
    private boolean alive = true;
    private boolean answered = true;
    private @Nullable CloseReason closed;
    private int closedAt;

    @Override
    public void ping() {
      pings.add(now);
      answered = alive;
    }

    @Override
    public boolean hasAnswered() {
      return answered;
    }

    @Override
    public void close(CloseReason reason) {
      if (closed == null) {
        closed = reason;
        closedAt = now;
      }
    }

    @Override
    public void leave() {
      close(CloseReason.SHUTDOWN);
    }

    @Override
    public Heartbeat.Beat place() {
      return beat;
    }
  }

  private static Heartbeat heartbeat(int interval, int timeout) {
    return new Heartbeat(() -> new WebSocketOptions(interval, timeout, 5));
  }

  private void seconds(Heartbeat heartbeat, int count) {
    for (int i = 0; i < count; i++) {
      now++;
      heartbeat.everySecond();
    }
  }

  @Test
  void every_peer_is_pinged_once_an_interval_and_the_pings_are_spread() {
    Heartbeat heartbeat = heartbeat(10, 3);
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Peer peer = new Peer();
      peers.add(peer);
      heartbeat.add(peer);
    }
    seconds(heartbeat, 10);
    assertThat(peers).allMatch(peer -> peer.pings.size() == 1);
    for (int second = 1; second <= 10; second++) {
      int at = second;
      assertThat(peers.stream().filter(peer -> peer.pings.contains(at))).hasSize(5);
    }
    seconds(heartbeat, 90);
    assertThat(peers).allMatch(peer -> peer.pings.size() == 10 && peer.closed == null);
  }

  @ParameterizedTest
  @CsvSource({"10, 3", "10, 9", "10, 10", "10, 11", "10, 25", "1, 1", "1, 3", "25, 50", "60, 60"})
  void a_silent_peer_is_closed_a_timeout_after_a_ping_and_one_that_answers_never(
      int interval, int timeout) {
    Heartbeat heartbeat = heartbeat(interval, timeout);
    Peer silent = new Peer();
    Peer alive = new Peer();
    silent.alive = false;
    heartbeat.add(silent);
    heartbeat.add(alive);
    seconds(heartbeat, 4 * (interval + timeout));
    assertThat(silent.closed).isEqualTo(CloseReason.NO_PONG);
    assertThat(silent.closedAt - silent.pings.get(0)).isEqualTo(timeout);
    assertThat(alive.closed).isNull();
  }

  /** What a slow peer answers within the timeout counts, whenever the next ping goes out. */
  @Property(tries = 300)
  void a_peer_that_answers_within_the_timeout_stays(@ForAll long seed) {
    Random random = new Random(seed);
    int interval = 1 + random.nextInt(10);
    int timeout = 1 + random.nextInt(12);
    Heartbeat heartbeat = heartbeat(interval, timeout);
    Peer peer = new Peer();
    peer.alive = false;
    heartbeat.add(peer);
    int due = Integer.MAX_VALUE;
    int pings = 0;
    for (int i = 0; i < 100; i++) {
      if (now + 1 >= due) {
        peer.answered = true;
        due = Integer.MAX_VALUE;
      }
      seconds(heartbeat, 1);
      if (peer.pings.size() > pings) {
        pings = peer.pings.size();
        due = Math.min(due, now + 1 + random.nextInt(timeout));
      }
    }
    assertThat(peer.closed).as("interval %s, timeout %s", interval, timeout).isNull();
  }

  @Test
  void an_interval_of_zero_never_pings() {
    Heartbeat heartbeat = heartbeat(0, 3);
    Peer peer = new Peer();
    heartbeat.add(peer);
    io.netty.channel.embedded.EmbeddedChannel channel =
        new io.netty.channel.embedded.EmbeddedChannel();
    channel.freezeTime();
    heartbeat.start(channel.eventLoop());
    channel.advanceTimeBy(100, java.util.concurrent.TimeUnit.SECONDS);
    channel.runPendingTasks();
    assertThat(peer.pings).isEmpty();
    heartbeat.closeAll(CloseReason.SHUTDOWN);
    assertThat(peer.closed).isEqualTo(CloseReason.SHUTDOWN);
  }

  @Test
  void who_comes_under_other_options_is_pinged_by_them_and_the_others_as_they_were() {
    AtomicReference<WebSocketOptions> options =
        new AtomicReference<>(new WebSocketOptions(0, 3, 5));
    Heartbeat heartbeat = new Heartbeat(options::get);
    Peer never = new Peer();
    heartbeat.add(never);
    options.set(new WebSocketOptions(10, 3, 5));
    Peer seldom = new Peer();
    heartbeat.add(seldom);
    options.set(new WebSocketOptions(2, 3, 5));
    Peer often = new Peer();
    heartbeat.add(often);
    seconds(heartbeat, 20);
    assertThat(List.of(never.pings.size(), seldom.pings.size(), often.pings.size()))
        .containsExactly(0, 2, 10);
    heartbeat.remove(seldom);
    heartbeat.remove(seldom);
    seconds(heartbeat, 20);
    assertThat(List.of(never.pings.size(), seldom.pings.size(), often.pings.size()))
        .containsExactly(0, 2, 20);
    List<Heartbeat.Pinged> all = new ArrayList<>();
    heartbeat.forEach(all::add);
    assertThat(all).containsExactlyInAnyOrder(never, often);
    heartbeat.closeAll(CloseReason.SHUTDOWN);
    assertThat(never.closed).isEqualTo(CloseReason.SHUTDOWN);
    assertThat(often.closed).isEqualTo(CloseReason.SHUTDOWN);
    assertThat(seldom.closed).isNull();
  }

  @Test
  void who_has_left_is_neither_pinged_nor_closed() {
    Heartbeat heartbeat = heartbeat(2, 1);
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Peer peer = new Peer();
      peers.add(peer);
      heartbeat.add(peer);
    }
    for (int i = 0; i < 20; i += 3) {
      heartbeat.remove(peers.get(i));
      heartbeat.remove(peers.get(i));
    }
    seconds(heartbeat, 2);
    heartbeat.closeAll(CloseReason.SHUTDOWN);
    for (int i = 0; i < 20; i++) {
      assertThat(peers.get(i).pings).hasSize(i % 3 == 0 ? 0 : 1);
      assertThat(peers.get(i).closed == null).isEqualTo(i % 3 == 0);
    }
  }
}
