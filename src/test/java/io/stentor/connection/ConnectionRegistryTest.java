package io.stentor.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.CloseReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConnectionRegistryTest {
  private final ConnectionRegistry registry = new ConnectionRegistry();

  private record Named(String user, String connection, SwapRemoveList.Place place)
      implements ControllableConnection {
    Named(String user, String connection) {
      this(user, connection, new SwapRemoveList.Place());
    }

    @Override
    public void close(CloseReason reason) {}

    @Override
    public void recheck() {}

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  @Test
  void connections_are_found_by_their_user_as_long_as_they_are_there() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<String, List<ControllableConnection>> model = new HashMap<>();
    int count = 0;
    for (int i = 0; i < 5000; i++) {
      String user = random.nextInt(4) == 0 ? "" : "user" + random.nextInt(20);
      List<ControllableConnection> present = model.computeIfAbsent(user, name -> new ArrayList<>());
      if (random.nextInt(5) < 3 || present.isEmpty()) {
        Named one = new Named(user, "c" + i);
        registry.add(one);
        present.add(one);
        count++;
      } else {
        ControllableConnection one = present.remove(random.nextInt(present.size()));
        registry.remove(one);
        registry.remove(one);
        count--;
      }
      assertThat(registry.of(user)).as("seed " + seed).containsExactlyInAnyOrderElementsOf(present);
      assertThat(registry.connections()).isEqualTo(count);
    }
    model.values().removeIf(List::isEmpty);
    assertThat(registry.users()).isEqualTo(model.keySet());
  }

  @Test
  void who_never_came_is_not_found_and_may_leave() {
    Named stranger = new Named("ann", "c");
    registry.remove(stranger);
    assertThat(registry.of("ann")).isEmpty();
    registry.add(new Named("ann", "d"));
    registry.remove(stranger);
    assertThat(registry.of("ann")).hasSize(1);
  }

  @Test
  void who_ends_while_all_are_looked_at_disturbs_nobody() {
    for (int i = 0; i < 10; i++) {
      registry.add(new Named("ann", "c" + i));
    }
    registry.of("ann").forEach(registry::remove);
    assertThat(registry.of("ann")).isEmpty();
    assertThat(registry.users()).isEmpty();
  }
}
