package io.stentor.health;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ClockSkewTest {
  private final AtomicLong wall = new AtomicLong(1_000_000_000);
  private final ClockSkew skew = new ClockSkew(wall::get, node -> "10.0.0." + node);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    Logger logger = (Logger) LoggerFactory.getLogger(ClockSkew.class);
    logger.setLevel(Level.INFO);
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    ((Logger) LoggerFactory.getLogger(ClockSkew.class)).detachAppender(lines);
  }

  private void told(String node, long aheadMillis, int times) {
    for (int i = 0; i < times; i++) {
      skew.told(node, wall.addAndGet(5000) + aheadMillis);
    }
  }

  private String log() {
    return lines.list.toString();
  }

  @Test
  void clocks_that_agree_are_not_worth_a_line() {
    told("1", 40, 3);
    told("2", -40, 3);
    assertThat(skew.worstMillis()).isEqualTo(40);
    assertThat(lines.list).isEmpty();
  }

  @Test
  void a_clock_that_is_off_is_warned_of_once_and_again_only_after_it_was_right() {
    told("1", -600_000, 5);
    assertThat(skew.worstMillis()).isEqualTo(600_000);
    assertThat(lines.list).hasSize(1);
    assertThat(log()).contains("WARN", "600.0 s ahead of that of node 10.0.0.1");
    told("1", 0, 2);
    assertThat(lines.list).hasSize(2);
    told("1", 7000, 2);
    assertThat(lines.list).hasSize(3);
    assertThat(log()).contains("7.0 s behind that of node 10.0.0.1");
  }

  @Test
  void one_late_message_is_no_skew() {
    told("1", 0, 2);
    told("1", -20_000, 1);
    told("1", 0, 1);
    assertThat(skew.worstMillis()).isZero();
    assertThat(lines.list).isEmpty();
  }

  @Test
  void a_node_that_has_left_does_not_count() {
    told("1", 600_000, 2);
    skew.retain(Set.of("2"));
    assertThat(skew.worstMillis()).isZero();
  }
}
