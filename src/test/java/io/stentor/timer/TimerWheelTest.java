package io.stentor.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class TimerWheelTest {
  /** A tick, the round of reading behind it, and the part of a tick that was over before. */
  private static final int LATEST = 2 * TimerWheel.TICK_MILLIS + 1;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<String> fired = new ArrayList<>();
  private final TimerWheel wheel;
  private long now;

  TimerWheelTest() {
    channel.freezeTime();
    wheel = TimerWheel.of(channel.eventLoop());
  }

  private void pass(long millis) {
    for (long i = 0; i < millis; i++) {
      now++;
      channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
      channel.runPendingTasks();
    }
  }

  private void standStill(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runPendingTasks();
  }

  @Example
  void a_loop_has_one_wheel() {
    assertThat(TimerWheel.of(channel.eventLoop())).isSameAs(wheel);
    assertThat(TimerWheel.of(new EmbeddedChannel().eventLoop())).isNotSameAs(wheel);
  }

  @Property(tries = 200)
  void a_timer_fires_once_and_never_early_and_late_by_two_ticks_at_most(@ForAll long seed) {
    Random random = new Random(seed);
    List<long[]> expected = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      pass(random.nextInt(100));
      long[] dueAndFired = {now + random.nextInt(100_000), 0, 0};
      expected.add(dueAndFired);
      wheel.after(
          dueAndFired[0] - now,
          () -> {
            dueAndFired[1] = now;
            dueAndFired[2]++;
          });
    }
    pass(101_000);
    assertThat(expected)
        .allMatch(one -> one[2] == 1)
        .allMatch(one -> one[1] >= one[0] && one[1] <= one[0] + LATEST);
  }

  @Example
  void a_cancelled_timer_does_not_fire_even_where_another_one_cancels_it_in_the_same_turn() {
    TimerWheel.Timer[] other = new TimerWheel.Timer[1];
    wheel.after(
        1000,
        () -> {
          fired.add("one");
          other[0].cancel();
        });
    other[0] = wheel.after(1000, () -> fired.add("other"));
    wheel.after(1000, () -> fired.add("last"));
    TimerWheel.Timer early = wheel.after(500, () -> fired.add("early"));
    early.cancel();
    early.cancel();
    pass(3000);
    assertThat(fired).containsExactly("one", "last");
  }

  @Example
  void a_periodic_task_runs_once_a_period_until_it_is_cancelled() {
    TimerWheel.Timer every = wheel.every(1000, () -> fired.add("tick"));
    pass(10_000 + LATEST);
    assertThat(fired).hasSize(10);
    every.cancel();
    pass(10_000);
    assertThat(fired).hasSize(10);
  }

  @Example
  void a_task_that_fails_keeps_nobody_from_firing_and_may_come_again() {
    wheel.every(
        1000,
        () -> {
          fired.add("failing");
          throw new IllegalStateException("on purpose");
        });
    wheel.every(1000, () -> fired.add("other"));
    pass(2000 + LATEST);
    assertThat(fired).containsExactly("failing", "other", "failing", "other");
  }

  @Example
  void a_standstill_does_not_count_and_its_periods_are_not_made_up_for() {
    wheel.every(1000, () -> fired.add("tick"));
    wheel.after(5000, () -> fired.add("once"));
    pass(1300);
    assertThat(fired).containsExactly("tick");
    fired.clear();
    long before = wheel.millis();
    standStill(40_000);
    pass(300);
    assertThat(fired).isEmpty();
    assertThat(wheel.millis() - before).isLessThan(1000);
    pass(1000);
    assertThat(fired).containsExactly("tick");
    fired.clear();
    pass(5000);
    assertThat(fired).contains("once").hasSizeBetween(5, 7);
  }

  @Example
  void what_is_due_when_the_loop_wakes_up_waits_for_a_tick_in_which_the_loop_reads() {
    wheel.after(1000, () -> fired.add("due"));
    pass(999);
    standStill(40_000);
    pass(TimerWheel.TICK_MILLIS - 1);
    assertThat(fired).isEmpty();
    pass(2);
    assertThat(fired).containsExactly("due");
  }

  /** Netty runs what has come due only after it has looked at the sockets again. */
  @Example
  void a_timer_fires_in_a_later_round_of_the_loop_than_the_tick_that_finds_it_due() {
    wheel.after(TimerWheel.TICK_MILLIS, () -> fired.add("due"));
    channel.advanceTimeBy(TimerWheel.TICK_MILLIS, TimeUnit.MILLISECONDS);
    channel.runPendingTasks();
    assertThat(fired).isEmpty();
    pass(1);
    assertThat(fired).containsExactly("due");
  }

  @Example
  void a_loop_that_is_always_late_still_fires_its_timers() {
    wheel.after(2000, () -> fired.add("due"));
    for (int i = 0; i < 30 && fired.isEmpty(); i++) {
      standStill(3000);
      standStill(1);
    }
    assertThat(fired).containsExactly("due");
  }

  @Example
  void who_wants_to_know_of_a_standstill_is_told_before_anything_fires() {
    wheel.onStandstill(millis -> fired.add("stood still for " + millis / 1000 + " s"));
    wheel.after(1000, () -> fired.add("due"));
    pass(999);
    standStill(40_000);
    pass(300);
    assertThat(fired).containsExactly("stood still for 40 s", "due");
    standStill(900);
    pass(10_000);
    assertThat(fired).hasSize(2);
  }
}
