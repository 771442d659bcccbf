package io.stentor.history;

import static io.stentor.history.RandomLogs.batch;
import static io.stentor.history.RandomLogs.limits;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import io.stentor.config.RoomOptions.History;
import io.stentor.message.Position;
import java.util.ArrayList;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What of a log travels between nodes. */
class LogWireTest {
  @Property(tries = 100)
  void a_log_is_the_same_after_it_travelled(@ForAll long seed) {
    Random random = new Random(seed);
    SerializationConfig config = new SerializationConfig();
    WireTypes.register(config);
    InternalSerializationService wire =
        new DefaultSerializationServiceBuilder().setConfig(config).build();
    RoomLog log = new RoomLog(1 + random.nextInt(1000));
    History limits = limits(random);
    for (int i = random.nextInt(20); i > 0; i--) {
      log.append(batch(random, i, 1_000_000), 1_000_000, limits);
    }
    RoomLog there = wire.toObject(wire.toData(log));
    assertThat(there.epoch()).isEqualTo(log.epoch());
    assertThat(there.top()).isEqualTo(log.top());
    assertThat(there.bytes()).isEqualTo(log.bytes());
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
