package io.stentor.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often metrics are rendered, however many ask. */
class SharedScrapeTest {
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger figure = new AtomicInteger();
  private final AtomicInteger rendered = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private final SharedScrape scrape =
      new SharedScrape(
          vertx,
          () -> {
            rendered.incrementAndGet();
            return figure.toString();
          },
          nanos::get);

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  @Test
  void all_who_ask_within_the_interval_are_given_one_rendering_that_is_newer_than_their_question()
      throws Exception {
    figure.set(1);
    assertThat(scrape.ask().await(10, TimeUnit.SECONDS)).hasToString("1");
    figure.set(2);
    List<Future<Buffer>> asked = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      asked.add(scrape.ask());
    }
    for (Future<Buffer> answer : asked) {
      assertThat(answer.await(10, TimeUnit.SECONDS)).hasToString("2");
    }
    assertThat(rendered).hasValue(2);
    figure.set(3);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(SharedScrape.LEAST_MILLIS));
    assertThat(scrape.ask().await(10, TimeUnit.SECONDS)).hasToString("3");
    assertThat(rendered).hasValue(3);
  }

  @Test
  void a_rendering_that_fails_fails_for_those_who_asked_and_the_next_one_is_tried()
      throws Exception {
    AtomicInteger times = new AtomicInteger();
    SharedScrape broken =
        new SharedScrape(
            vertx,
            () -> {
              if (times.incrementAndGet() == 1) {
                throw new IllegalStateException("no figures");
              }
              return "figures";
            },
            nanos::get);
    Future<Buffer> first = broken.ask();
    assertThatThrownBy(() -> first.await(10, TimeUnit.SECONDS)).hasMessage("no figures");
    assertThat(broken.ask().await(10, TimeUnit.SECONDS)).hasToString("figures");
  }
}
