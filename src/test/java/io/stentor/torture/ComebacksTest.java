package io.stentor.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ComebacksTest {
  private final Transcript ana = new Transcript("ana");
  private final Transcript bo = new Transcript("bo");

  @Test
  void the_busiest_second_may_begin_at_any_moment() {
    cameAt(ana, 100, 900, 1_700);
    cameAt(bo, 950, 1_200, 5_000);

    assertThat(Comebacks.of(List.of(ana, bo))).isEqualTo(new Comebacks(6, 4));
  }

  @Test
  void a_first_connection_is_no_comeback() {
    ana.add(new Event.Asked(null, 1));

    assertThat(Comebacks.of(List.of(ana))).isEqualTo(new Comebacks(0, 0));
  }

  private static void cameAt(Transcript who, long... millis) {
    for (long at : millis) {
      who.add(new Event.Asked(new Place("e", 1), TimeUnit.MILLISECONDS.toNanos(at)));
    }
  }
}
