package io.stentor.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.map.EntryProcessor;
import io.stentor.config.RoomOptions.History;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import java.nio.charset.StandardCharsets;
import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoomLogTest {
  private static final int NOWHERE = 0;

  /** What a log is, said as simply as can be: a list, cut and searched from its beginning. */
  private static final class Model {
    private record One(long offset, Publication publication) {}

    private final List<One> kept = new ArrayList<>();
    private final Map<Long, List<Long>> lastAnswer = new HashMap<>();
    private final Map<Long, Long> lastNumber = new HashMap<>();
    private long top;

    List<Long> append(Batch batch, long now, History limits) {
      if (Long.valueOf(batch.number()).equals(lastNumber.get(batch.appender()))) {
        return lastAnswer.get(batch.appender());
      }
      cut(now, limits);
      List<Long> offsets = new ArrayList<>();
      for (Publication publication : batch.publications()) {
        long known = find(publication.idempotencyKey());
        if (known == NOWHERE) {
          kept.add(new One(++top, publication));
          offsets.add(top);
        } else {
          offsets.add(known);
        }
      }
      lastNumber.put(batch.appender(), batch.number());
      lastAnswer.put(batch.appender(), offsets);
      cut(now, limits);
      return offsets;
    }

    private long find(@Nullable String key) {
      return kept.stream()
          .filter(one -> key != null && key.equals(one.publication.idempotencyKey()))
          .mapToLong(One::offset)
          .findFirst()
          .orElse(NOWHERE);
    }

    void cut(long now, History limits) {
      while (!kept.isEmpty()
          && (kept.size() > limits.messages()
              || bytes() > limits.bytes()
              || kept.get(0).publication.timeMillis() < now - 1000L * limits.ageSeconds())) {
        kept.remove(0);
      }
    }

    long bytes() {
      return kept.stream().mapToLong(one -> one.publication.bytes()).sum();
    }

    long oldest() {
      return kept.isEmpty() ? top + 1 : kept.get(0).offset;
    }

    List<Publication> after(long offset) {
      return kept.stream().filter(one -> one.offset > offset).map(One::publication).toList();
    }
  }

  private static Publication publication(Random random, long now) {
    byte[] data = "x".repeat(random.nextInt(20)).getBytes(StandardCharsets.UTF_8);
    String key = random.nextInt(3) == 0 ? "k" + random.nextInt(6) : null;
    Kind kind = random.nextBoolean() ? Kind.TEXT : Kind.JSON;
    return new Publication(kind, data, now - random.nextInt(3000), key);
  }

  private static Batch batch(Random random, long number, long now) {
    List<Publication> publications = new ArrayList<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      publications.add(publication(random, now));
    }
    return new Batch(random.nextInt(3), number, publications);
  }

  private static History limits(Random random) {
    return new History(1 + random.nextInt(20), 20 + random.nextInt(150), 1 + random.nextInt(20));
  }

  @Property(tries = 500)
  void a_log_behaves_like_a_list_that_is_cut_at_its_beginning(@ForAll long seed) {
    Random random = new Random(seed);
    RoomLog log = new RoomLog(7);
    Model model = new Model();
    History limits = limits(random);
    long now = 1_000_000;
    long number = 1;
    Batch last = batch(random, number, now);
    for (int round = 0; round < 60; round++) {
      now += random.nextInt(1500);
      limits = random.nextInt(20) == 0 ? limits(random) : limits;
      if (random.nextInt(3) > 0) {
        last = random.nextInt(5) == 0 ? last : batch(random, number += 10, now);
        Appended appended = log.append(last, now, limits);
        assertThat(appended.offsets(last.publications().size()))
            .isEqualTo(model.append(last, now, limits));
      } else {
        compareRead(log, model, random, now, limits);
      }
      assertThat(log.top()).isEqualTo(model.top);
      assertThat(log.size()).isEqualTo(model.kept.size());
      assertThat(log.bytes()).isEqualTo(model.bytes());
      assertThat(log.oldest()).isEqualTo(model.oldest());
    }
  }

  private static void compareRead(
      RoomLog log, Model model, Random random, long now, History limits) {
    long after = random.nextInt((int) model.top + 3);
    int maxMessages = random.nextInt(10);
    int maxBytes = random.nextInt(100);
    Page page = log.read(new Position(7, after), maxMessages, maxBytes, now, limits);
    model.cut(now, limits);
    boolean continues = after + 1 >= model.oldest() && after <= model.top;
    List<Publication> rest = model.after(continues ? after : 0);
    assertThat(page.first()).isEqualTo(continues ? after + 1 : model.oldest());
    assertThat(page.top()).isEqualTo(model.top);
    assertThat(page.oldest()).isEqualTo(model.oldest());
    int count = page.publications().size();
    assertThat(page.publications()).isEqualTo(rest.subList(0, count));
    long bytes = page.publications().stream().mapToLong(Publication::bytes).sum();
    assertThat(count).isLessThanOrEqualTo(maxMessages);
    assertThat(count <= 1 || bytes <= maxBytes).isTrue();
    if (count < Math.min(maxMessages, rest.size())) {
      assertThat(bytes + rest.get(count).bytes()).isGreaterThan(maxBytes);
    }
  }

  /** Appends where the log lives, and returns the step that its copy has to take. */
  private static ReplicateProcessor append(RoomLog log, Batch batch, long now, History limits) {
    AppendProcessor processor = new AppendProcessor(batch, log.epoch(), now, limits);
    assertThat(processor.process(new SimpleEntry<>("room", log))).isNotNull();
    return (ReplicateProcessor) (EntryProcessor<?, ?, ?>) processor.getBackupProcessor();
  }

  private static void take(ReplicateProcessor step, RoomLog copy) {
    step.process(new SimpleEntry<>("room", copy));
  }

  @Property(tries = 500)
  void what_is_acknowledged_is_on_the_copy_although_steps_to_it_are_lost(@ForAll long seed) {
    Random random = new Random(seed);
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(7);
    History limits = new History(5 + random.nextInt(20), 10_000, 100);
    long now = 1_000_000;
    Map<Long, Batch> pending = new HashMap<>();
    for (int round = 1; round <= 40; round++) {
      long appender = random.nextInt(4);
      Batch batch = pending.get(appender);
      if (batch == null) {
        batch = new Batch(appender, 10L * round, batch(random, 1, now).publications());
      }
      ReplicateProcessor step = append(log, batch, now, limits);
      if (random.nextInt(3) == 0) {
        // The step towards the copy is lost, so this appender asks again before it appends more.
        pending.put(appender, batch);
        continue;
      }
      pending.remove(appender);
      take(step, copy);
      Appended appended = log.append(batch, now, limits);
      assertThat(copy.top()).isEqualTo(log.top());
      assertIsEndOf(copy, log);
      for (long offset : appended.offsets(batch.publications().size())) {
        assertThat(offset < log.oldest() || offset >= copy.oldest())
            .as("acknowledged offset %s is on the copy, which begins at %s", offset, copy.oldest())
            .isTrue();
      }
      assertThat(copy.append(batch, now, limits)).isEqualTo(appended);
    }
  }

  private static void assertIsEndOf(RoomLog copy, RoomLog log) {
    assertThat(copy.oldest()).isGreaterThanOrEqualTo(log.oldest());
    for (long offset = copy.oldest(); offset <= copy.top(); offset++) {
      assertThat(copy.entry(offset).isSame(log.entry(offset))).isTrue();
    }
  }

  @Test
  void a_batch_that_comes_again_brings_the_copy_what_it_missed_before_it_began_anew() {
    History limits = new History(100, 10_000, 100);
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(7);
    Batch lost = new Batch(1, 1, List.of(Publication.text("lost on the way", 1_000_000)));
    Batch other = new Batch(2, 1, List.of(Publication.text("other", 1_000_000)));
    append(log, lost, 1_000_000, limits);
    take(append(log, other, 1_000_000, limits), copy);
    take(append(log, lost, 1_000_000, limits), copy);
    assertThat(copy.entries()).isEqualTo(log.entries());
  }

  @Test
  void a_copy_of_another_epoch_begins_anew() {
    History limits = new History(100, 10_000, 100);
    RoomLog log = new RoomLog(7);
    RoomLog copy = new RoomLog(8);
    copy.append(new Batch(9, 1, List.of(Publication.text("old", 1_000_000))), 1_000_000, limits);
    Batch batch = new Batch(1, 1, List.of(Publication.text("new", 1_000_000)));
    take(append(log, batch, 1_000_000, limits), copy);
    assertThat(copy.epoch()).isEqualTo(7);
    assertThat(copy.entries()).isEqualTo(log.entries());
    assertThat(copy.bytes()).isEqualTo(3);
  }

  @Test
  void the_appender_silent_for_longest_is_forgotten() {
    History limits = new History(10, 10_000, 100);
    RoomLog log = new RoomLog(7);
    for (long appender = 0; appender <= RoomLog.MAX_APPENDERS; appender++) {
      List<Publication> one = List.of(Publication.text("x", 1_000_000));
      log.append(new Batch(appender, 1, one), 1_000_000, limits);
    }
    assertThat(log.answers().get(0L)).isNull();
    assertThat(log.answers().get(1L)).isNotNull();
    assertThat(log.answers()).hasSize(RoomLog.MAX_APPENDERS);
  }

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
