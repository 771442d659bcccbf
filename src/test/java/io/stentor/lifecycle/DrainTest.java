package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stentor.config.Config.DrainOptions;
import io.stentor.config.ConfigException;
import io.stentor.server.Drainable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DrainTest {

  private static final int AN_HOUR = 3600;

  private final Vertx vertx = Vertx.vertx();
  private final List<String> happened = new CopyOnWriteArrayList<>();
  private final AtomicLong queuedBytes = new AtomicLong();

  /** Tells everybody at once, or when there is no more time. */
  private final class FakeServer implements Drainable {
    @Override
    public void refuseRequests() {
      happened.add("refuse");
    }

    @Override
    public Future<Void> disconnectClients(int seconds, Future<Void> hurry) {
      happened.add("send away over " + seconds);
      Promise<Void> gone = Promise.promise();
      if (seconds == 0) {
        gone.complete();
      } else {
        hurry.onSuccess(now -> gone.tryComplete());
      }
      return gone.future();
    }
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void every_server_refuses_requests_before_any_client_is_disconnected() throws Exception {
    drain(0, 0).run().await(10, TimeUnit.SECONDS);

    assertThat(happened)
        .containsExactly("refuse", "refuse", "send away over 0", "send away over 0");
  }

  @Test
  void nothing_is_refused_while_the_balancer_has_not_noticed() {
    Drain drain = drain(AN_HOUR, 0);

    Future<Void> done = drain.run();

    assertThat(done.isComplete()).isFalse();
    assertThat(happened).isEmpty();
  }

  @Test
  void hastened_it_waits_neither_for_the_balancer_nor_for_the_clients() throws Exception {
    Drain drain = drain(AN_HOUR, AN_HOUR);
    Future<Void> done = drain.run();

    drain.hasten();
    drain.hasten();

    done.await(10, TimeUnit.SECONDS);
    assertThat(happened).contains("refuse", "send away over 3600");
  }

  @Test
  void is_done_only_when_everything_that_was_published_is_in_the_logs() {
    queuedBytes.set(5);
    Drain drain = drain(0, 0);

    Future<Void> done = drain.run();
    await().until(() -> happened.size() == 4);
    assertThat(done.isComplete()).isFalse();
    queuedBytes.set(0);

    await().until(done::succeeded);
  }

  @Test
  void a_log_that_cannot_be_written_to_does_not_keep_the_node_from_closing() throws Exception {
    queuedBytes.set(5);

    drain(new DrainOptions(0, 0, 1)).run().await(10, TimeUnit.SECONDS);
  }

  @Test
  void its_times_have_to_fit_into_each_other() {
    assertThatThrownBy(() -> new DrainOptions(10, 15, 25))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("timeoutSeconds");
  }

  private Drain drain(int balancerSeconds, int leaveSeconds) {
    return drain(
        new DrainOptions(balancerSeconds, leaveSeconds, balancerSeconds + leaveSeconds + 120));
  }

  private Drain drain(DrainOptions times) {
    return new Drain(
        vertx, () -> times, List.of(new FakeServer(), new FakeServer()), queuedBytes::get);
  }
}
