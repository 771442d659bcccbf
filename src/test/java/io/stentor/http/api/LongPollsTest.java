package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LongPollsTest {
  private static final int TICKS_A_SECOND = 1000 / LongPolls.TICK_MILLIS;

  private final LongPolls polls = new LongPolls();
  private final List<String> over = new ArrayList<>();

  private final class Poll implements LongPolls.Waiting {
    private final String name;
    private final LongPolls.Place place = new LongPolls.Place();

    Poll(String name) {
      this.name = name;
    }

    @Override
    public void timeIsOver() {
      over.add(name);
    }

    @Override
    public LongPolls.Place place() {
      return place;
    }
  }

  private void ticks(int count) {
    for (int i = 0; i < count; i++) {
      polls.tick();
    }
  }

  @Test
  void a_poll_is_over_after_its_time_and_at_most_one_tick_more() {
    ticks(17);
    for (int seconds : new int[] {1, 2, LongPolls.MAX_SECONDS}) {
      polls.add(new Poll("for " + seconds), seconds);
      ticks(seconds * TICKS_A_SECOND);
      assertThat(over).as("after %d s", seconds).isEmpty();
      ticks(1);
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
    ticks(TICKS_A_SECOND + 1);
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
