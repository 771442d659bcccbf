package io.stentor.history;

import static io.stentor.history.RandomLogs.batch;
import static io.stentor.history.RandomLogs.limits;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions.History;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.message.Publication;
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
    private record One(long offset, long at, Publication publication) {}

    private final List<One> kept = new ArrayList<>();
    private final Map<Long, List<Long>> lastAnswer = new HashMap<>();
    private final Map<Long, Long> lastNumber = new HashMap<>();
    private @Nullable LastVersion lastVersion;
    private long top;

    List<Long> append(Batch batch, long now, History limits) {
      if (Long.valueOf(batch.number()).equals(lastNumber.get(batch.appender()))) {
        return lastAnswer.get(batch.appender());
      }
      cut(now, limits);
      List<Long> offsets = new ArrayList<>();
      for (Publication publication : batch.publications()) {
        long known = find(publication.idempotencyKey());
        Attributes attributes = publication.attributes();
        if (known == NOWHERE && publication.weight() > limits.bytes()) {
          offsets.add(0L);
        } else if (known == NOWHERE
            && lastVersion != null
            && lastVersion.isNewerOrSame(attributes)) {
          offsets.add(top);
        } else if (known == NOWHERE) {
          lastVersion = LastVersion.after(lastVersion, attributes);
          kept.add(new One(++top, now, publication));
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
              || kept.get(0).at < now - 1000L * limits.ageSeconds())) {
        kept.remove(0);
      }
    }

    long bytes() {
      return kept.stream().mapToLong(one -> one.publication.weight()).sum();
    }

    long oldest() {
      return kept.isEmpty() ? top + 1 : kept.get(0).offset;
    }

    List<Publication> after(long offset) {
      return kept.stream().filter(one -> one.offset > offset).map(One::publication).toList();
    }
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
    long bytes = page.publications().stream().mapToLong(Publication::weight).sum();
    assertThat(count).isLessThanOrEqualTo(maxMessages);
    assertThat(count <= 1 || bytes <= maxBytes).isTrue();
    if (count < Math.min(maxMessages, rest.size())) {
      assertThat(bytes + rest.get(count).weight()).isGreaterThan(maxBytes);
    }
  }

  @Test
  void the_appender_silent_for_longest_is_forgotten() {
    History limits = new History(10, 10_000, 100);
    RoomLog log = new RoomLog(7);
    for (long appender = 0; appender <= LastAnswers.MAX_APPENDERS; appender++) {
      List<Publication> one = List.of(Publication.text("x", 1_000_000));
      log.append(new Batch(appender, 1, one), 1_000_000, limits);
    }
    assertThat(log.answers().get(0L)).isNull();
    assertThat(log.answers().get(1L)).isNotNull();
    assertThat(log.answers()).hasSize(LastAnswers.MAX_APPENDERS);
  }

  @Test
  void a_version_that_was_removed_at_a_fork_can_be_published_again() {
    RoomLog log = new RoomLog(7);
    Publication old = Publication.text("v6", 0).with(Attributes.NONE.withVersion(6, ""));
    Publication lost = Publication.text("v7", 0).with(Attributes.NONE.withVersion(7, ""));
    History limits = new History(10, 1000, 100);
    log.append(new Batch(1, 1, List.of(old)), 1000, limits);
    log.enter(1, 0, 0, true);
    log.confirm(new Position(7, 1));
    log.append(new Batch(1, 2, List.of(lost)), 1000, limits);
    log.enter(2, 0, 8, false);
    assertThat(log.top()).isEqualTo(1);
    assertThat(log.append(new Batch(2, 1, List.of(old)), 1000, limits).outdated())
        .containsExactly(0);
    assertThat(log.append(new Batch(2, 2, List.of(lost)), 1000, limits).outdated()).isEmpty();
  }
}
