package io.stentor.history;

import static io.stentor.history.RandomLogs.batch;
import static io.stentor.history.RandomLogs.limits;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import io.stentor.config.RoomOptions.History;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What of a log travels between nodes. */
class LogWireTest {
  @Test
  void entries_keep_their_ages_on_a_node_with_another_clock() {
    History minute = new History(100, 1000, 60);
    RoomLog log = new RoomLog(7);
    log.append(new Batch(1, 1, List.of(Publication.text("a", 5_000_000))), 1_000_000, minute);
    log.append(new Batch(1, 2, List.of(Publication.text("b", 5_000_000))), 1_040_000, minute);
    AtomicLong clock = new AtomicLong(1_050_000);
    Config config = new Config();
    LogWire.register(config, clock::get);
    InternalSerializationService wire =
        new DefaultSerializationServiceBuilder().setConfig(config.getSerializationConfig()).build();
    var data = wire.toData(log);
    clock.set(-70_000_000);
    RoomLog there = wire.toObject(data);
    assertThat(there.read(Position.NONE, 10, 1000, -70_000_000 + 10_000, minute).publications())
        .hasSize(2);
    assertThat(there.read(Position.NONE, 10, 1000, -70_000_000 + 10_001, minute).publications())
        .hasSize(1);
    assertThat(there.isUnused(-70_000_000 + 10_001 + 120_000)).isFalse();
    assertThat(there.isUnused(-70_000_000 + 10_001 + 120_001)).isTrue();
    wire.dispose();
  }

  @Property(tries = 100)
  void a_log_is_the_same_after_it_travelled(@ForAll long seed) {
    Random random = new Random(seed);
    Config config = new Config();
    LogWire.register(config, () -> 1_000_000);
    InternalSerializationService wire =
        new DefaultSerializationServiceBuilder().setConfig(config.getSerializationConfig()).build();
    RoomLog log = new RoomLog(1 + random.nextInt(1000));
    History limits = limits(random);
    for (int i = random.nextInt(20); i > 0; i--) {
      long at = 1_000_000 - random.nextInt(500);
      log.append(batch(random, i, at), at, limits);
    }
    RoomLog there = wire.toObject(wire.toData(log));
    assertThat(there.epoch()).isEqualTo(log.epoch());
    assertThat(there.top()).isEqualTo(log.top());
    assertThat(there.bytes()).isEqualTo(log.bytes());
    assertThat(there.usedMillis()).isEqualTo(log.usedMillis());
    assertThat(there.keepSeconds()).isEqualTo(log.keepSeconds());
    assertThat(there.lastVersion()).isEqualTo(log.lastVersion());
    assertThat(new ArrayList<>(there.answers().entrySet()))
        .isEqualTo(new ArrayList<>(log.answers().entrySet()));
    assertThat(there.entries())
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(log.entries());
    Page page = log.read(Position.NONE, 100, 10_000, 1_000_000, limits);
    Page pageThere = wire.toObject(wire.toData(page));
    assertThat(pageThere).usingRecursiveComparison().isEqualTo(page);
    Batch batch = batch(random, 99, 1_000_000);
    Appended appended = log.append(batch, 1_000_000, limits);
    assertThat(there.append(batch, 1_000_000, limits)).isEqualTo(appended);
    assertThat(wire.<Appended>toObject(wire.toData(appended))).isEqualTo(appended);
    wire.dispose();
  }
}
