package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.cluster.FixedWireVersion;
import io.stentor.cluster.WireVersion;
import io.stentor.message.Attributes;
import io.stentor.message.Member;
import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import io.stentor.message.RandomAttributes;
import io.stentor.room.RoomBus.BatchFormat;
import io.stentor.room.RoomBus.Broadcast;
import io.stentor.support.GoldenForms;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BatchFormatTest {
  private final BatchFormat format = new BatchFormat(FixedWireVersion.of(WireVersion.NEWEST));

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

  @Test
  void the_form_changes_only_with_a_new_version() {
    Member ann = new Member("c-1", "Ann", null, "\"here\"");
    Attributes attributes = Attributes.NONE.withEvent("moved").withTags(Map.of("kind", "trade"));
    Broadcast batch =
        new Broadcast(
            7,
            42,
            List.of(
                Publication.text("héllo", 1_700_000_000_000L),
                Publication.binary(new byte[] {0, 1}, 1_700_000_000_000L, null, ann)
                    .with(attributes)));
    for (int version = WireVersion.OLDEST; version <= WireVersion.NEWEST; version++) {
      BatchFormat versioned = new BatchFormat(FixedWireVersion.of(version));
      GoldenForms.check(
          "batch",
          version,
          bytes(versioned, batch),
          bytes -> bytes(versioned, versioned.decodeFromWire(0, Buffer.buffer(bytes))));
    }
  }

  private static byte[] bytes(BatchFormat format, Broadcast batch) {
    Buffer out = Buffer.buffer();
    format.encodeToWire(out, batch);
    return out.getBytes();
  }

  @Test
  void a_version_that_this_build_does_not_know_is_refused() {
    Buffer wire = Buffer.buffer();
    format.encodeToWire(wire, new Broadcast(1, 1, List.of(Publication.text("a", 0))));
    wire.setByte(0, (byte) (WireVersion.NEWEST + 1));
    assertThatThrownBy(() -> format.decodeFromWire(0, wire))
        .hasMessageContaining("another node wrote version " + (WireVersion.NEWEST + 1));
  }
}
