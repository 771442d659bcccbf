package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.stentor.timer.TimerWheel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LongPollsTest {
  /** A timer of the wheel fires so late at most. */
  private static final int LATEST_MILLIS = 2 * TimerWheel.TICK_MILLIS + 1;

  private final EmbeddedChannel channel = frozen();
  private final LongPolls polls = new LongPolls(channel.eventLoop());
  private final List<String> over = new ArrayList<>();

  private final class Poll implements LongPolls.Waiting {
    private final String name;

    Poll(String name) {
      this.name = name;
    }

    @Override
    public void timeOut() {
      over.add(name);
    }
  }

  private static EmbeddedChannel frozen() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    return channel;
  }

  private void pass(long millis) {
    for (long i = 0; i < millis; i++) {
      channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
      channel.runPendingTasks();
    }
  }

  @Test
  void a_poll_is_over_after_its_time_and_hardly_later() {
    pass(4321);
    for (int seconds : new int[] {1, 2, LongPolls.MAX_SECONDS}) {
      polls.add(new Poll("for " + seconds), seconds);
      pass(seconds * 1000 - 1);
      assertThat(over).as("after %d s", seconds).isEmpty();
      pass(LATEST_MILLIS);
      assertThat(over).containsExactly("for " + seconds);
      over.clear();
    }
    assertThat(polls.waiting()).isZero();
  }

  @Test
  void one_that_was_removed_is_not_told_and_the_others_are() {
    List<Poll> some = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Poll poll = new Poll("p" + i);
      some.add(poll);
      polls.add(poll, 1);
    }
    polls.remove(some.get(1));
    polls.remove(some.get(4));
    polls.remove(some.get(1));
    assertThat(polls.waiting()).isEqualTo(3);
    pass(1000 + LATEST_MILLIS);
    assertThat(over).containsExactlyInAnyOrder("p0", "p2", "p3");
  }

  @Test
  void when_all_are_sent_away_nothing_waits_any_more() {
    polls.add(new Poll("one"), 1);
    polls.add(new Poll("two"), 60);
    polls.closeAll();
    assertThat(over).containsExactlyInAnyOrder("one", "two");
    assertThat(polls.add(new Poll("three"), 1)).isFalse();
    assertThat(polls.waiting()).isZero();
  }
}
