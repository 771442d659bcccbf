package io.stentor.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleService;
import com.hazelcast.partition.PartitionService;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node tells of its own copies only: to ask all nodes takes the answer of one that is frozen. */
class CopiesOfThisNodeTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Vertx vertx = Vertx.vertx();
  private final AtomicBoolean copied = new AtomicBoolean(true);

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  /** Of which nothing may be asked but this; anything else fails. */
  private static <T> T fake(Class<T> type, Map<String, Supplier<?>> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              Supplier<?> answer = answers.get(method.getName());
              if (answer == null) {
                throw new IllegalStateException("nobody answers " + method.getName());
              }
              return answer.get();
            }));
  }

  private HazelcastInstance hazelcast() {
    LifecycleService lifecycle = fake(LifecycleService.class, Map.of("isRunning", () -> true));
    PartitionService partitions =
        fake(PartitionService.class, Map.of("isLocalMemberSafe", copied::get));
    return fake(
        HazelcastInstance.class,
        Map.of("getLifecycleService", () -> lifecycle, "getPartitionService", () -> partitions));
  }

  @Test
  void this_node_alone_is_asked_again_and_again_whether_its_logs_have_their_copies() {
    ClusterState state = ClusterState.of(hazelcast(), vertx);
    await().atMost(SOON).until(state::isSafe);
    assertThat(state.isFit()).isTrue();
    copied.set(false);
    await().atMost(SOON).until(() -> !state.isSafe());
    copied.set(true);
    await().atMost(SOON).until(state::isSafe);
  }
}
