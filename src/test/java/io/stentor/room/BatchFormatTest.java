package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import io.stentor.message.RandomAttributes;
import io.stentor.room.RoomBus.BatchFormat;
import io.stentor.room.RoomBus.Broadcast;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class BatchFormatTest {
  private final BatchFormat format = new BatchFormat();

  @Property(tries = 200)
  void a_batch_is_the_same_after_it_travelled(@ForAll long seed) {
    Random random = new Random(seed);
    List<Publication> publications = new ArrayList<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      byte[] data = new byte[random.nextInt(300)];
      random.nextBytes(data);
      Kind kind = Kind.values()[random.nextInt(3)];
      publications.add(
          Publication.stored(
              kind, data, random.nextLong(), "key", null, RandomAttributes.of(random)));
    }
    Broadcast batch = new Broadcast(random.nextLong(), random.nextLong(), publications);
    Buffer wire = Buffer.buffer("before");
    format.encodeToWire(wire, batch);
    Broadcast there = format.decodeFromWire("before".length(), wire);
    assertThat(there.epoch()).isEqualTo(batch.epoch());
    assertThat(there.first()).isEqualTo(batch.first());
    assertThat(there.publications())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("idempotencyKey")
        .isEqualTo(publications);
    assertThat(there.publications()).allMatch(one -> one.idempotencyKey() == null);
    assertThat(there.bytes()).isEqualTo(batch.bytes());
  }

  @Property(tries = 1)
  void inside_a_node_it_is_the_same_object() {
    Broadcast batch = new Broadcast(1, 1, List.of(Publication.text("a", 0)));
    assertThat(format.transform(batch)).isSameAs(batch);
  }
}
