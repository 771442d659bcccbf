package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.internal.serialization.SerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.spi.exception.TargetNotMemberException;
import io.stentor.config.ClusterOptions;
import io.stentor.config.TestConfig;
import io.stentor.support.Ports;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.BadAttributeValueExpException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a node takes of objects in the form of Java's own serialization. */
class JavaSerializationFilterIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final String name = "test-" + UUID.randomUUID();
  private final int port = Ports.freeRange();

  /** Does something as soon as it is read, as attacks do. */
  private static final class Foreign implements Callable<String>, Serializable {
    private static final long serialVersionUID = 1;
    private static final AtomicInteger READ = new AtomicInteger();

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      READ.incrementAndGet();
    }

    @Override
    public String call() {
      return "ran";
    }
  }

  private Config config() {
    ClusterOptions cluster = TestConfig.cluster(name, port, 2);
    Config config = ClusteredVertx.hazelcast(cluster);
    return config.setProperty("hazelcast.partition.count", "31");
  }

  private Object sent(Object object) {
    SerializationService service =
        new DefaultSerializationServiceBuilder()
            .setConfig(config().getSerializationConfig())
            .build();
    return service.toObject(service.toData(object));
  }

  static List<Object> strange() throws IOException {
    return List.of(
        new Foreign(),
        new Foreign[] {new Foreign()},
        new IllegalStateException("carries", new Carrier(new Foreign())),
        new BadAttributeValueExpException("of the JDK, used in attacks"),
        new URL("http://localhost/"),
        Map.of(1, new Foreign()));
  }

  /** An exception of nobody's. */
  private static final class Carrier extends Exception {
    private static final long serialVersionUID = 1;
    private final Serializable load;

    Carrier(Serializable load) {
      this.load = load;
    }

    @Override
    public String getMessage() {
      return String.valueOf(load);
    }
  }

  @ParameterizedTest
  @MethodSource("strange")
  void what_no_node_sends_is_refused_before_anything_of_it_is_done(Object strange) {
    int before = Foreign.READ.get();
    assertThatThrownBy(() -> sent(strange))
        .hasStackTraceContaining("SecurityException")
        .hasStackTraceContaining("is not allowed");
    assertThat(Foreign.READ).hasValue(before);
  }

  static List<Throwable> exceptions() {
    Throwable suppressing = new IllegalStateException("outer", new IOException("inner"));
    suppressing.addSuppressed(new TimeoutException("other"));
    return List.of(
        suppressing,
        new TargetNotMemberException("of Hazelcast"),
        new ExecutionException(new NullPointerException()),
        new StackOverflowError());
  }

  @ParameterizedTest
  @MethodSource("exceptions")
  void what_an_operation_ended_with_is_told_to_the_other_node(Throwable failure) {
    assertThat(sent(failure)).hasSameClassAs(failure).hasToString(failure.toString());
  }

  @Test
  void a_member_runs_no_task_that_another_brings_along() {
    List<HazelcastInstance> members = new ArrayList<>();
    try {
      members.add(ClusteredVertx.join(config(), "one"));
      members.add(ClusteredVertx.join(config(), "two"));
      Awaitility.await()
          .atMost(SOON)
          .until(() -> members.get(0).getCluster().getMembers().size() == 2);
      Member other = members.get(1).getCluster().getLocalMember();
      int before = Foreign.READ.get();
      assertThatThrownBy(
              () ->
                  members
                      .get(0)
                      .getExecutorService("any")
                      .submitToMember(new Foreign(), other)
                      .get(30, TimeUnit.SECONDS))
          .hasStackTraceContaining("is not allowed");
      assertThat(Foreign.READ).hasValue(before);
    } finally {
      members.forEach(member -> member.getLifecycleService().terminate());
    }
  }
}
