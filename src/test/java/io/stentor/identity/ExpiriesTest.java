package io.stentor.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ExpiriesTest {
  private final AtomicLong now = new AtomicLong(100);
  private final AtomicBoolean suspended = new AtomicBoolean();
  private final Expiries expiries = new Expiries(() -> 5, suspended::get, now::get);
  private final List<String> over = new ArrayList<>();

  private Expiries.ScheduledExpiry add(long at, String name) {
    return expiries.add(at, () -> over.add(name));
  }

  private void tickAt(long seconds) {
    now.set(seconds);
    expiries.everySecond();
  }

  @Test
  void each_is_over_after_its_time_and_the_grace_in_order() {
    add(103, "second");
    add(102, "first");
    add(103, "third");
    tickAt(106);
    assertThat(over).isEmpty();
    tickAt(107);
    assertThat(over).containsExactly("first");
    tickAt(200);
    assertThat(over).containsExactly("first", "second", "third");
    assertThat(expiries.size()).isZero();
  }

  /** Who was to show a new token could not be heard meanwhile. */
  @Test
  void what_has_ended_while_the_process_stood_still_is_over_a_whole_grace_after_it() {
    add(102, "ended meanwhile");
    add(120, "later");
    now.set(110);
    expiries.postpone();
    tickAt(114);
    assertThat(over).isEmpty();
    tickAt(115);
    assertThat(over).containsExactly("ended meanwhile");
    tickAt(125);
    assertThat(over).containsExactly("ended meanwhile", "later");
  }

  @Test
  void what_has_no_end_is_not_kept() {
    assertThat(add(0, "never")).isNull();
    assertThat(expiries.size()).isZero();
    expiries.remove(null);
  }

  @Test
  void what_was_taken_out_is_never_over_and_may_be_taken_out_again() {
    Expiries.ScheduledExpiry one = add(101, "one");
    add(101, "other");
    expiries.remove(one);
    expiries.remove(one);
    tickAt(1000);
    assertThat(over).containsExactly("other");
  }

  @Test
  void while_it_is_suspended_nothing_ends_and_then_everything_that_is_due() {
    suspended.set(true);
    add(101, "one");
    add(2000, "later");
    tickAt(1000);
    assertThat(over).isEmpty();
    suspended.set(false);
    tickAt(1001);
    assertThat(over).containsExactly("one");
  }

  @Test
  void the_last_act_of_one_may_take_others_out() {
    Expiries.ScheduledExpiry[] second = new Expiries.ScheduledExpiry[1];
    expiries.add(101, () -> expiries.remove(second[0]));
    second[0] = add(102, "second");
    tickAt(1000);
    assertThat(over).isEmpty();
  }
}
