package io.stentor.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions.History;
import io.stentor.history.LogEntries.Entry;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Random histories of one room: splits, forks, publications that are tried again on another side,
 * heals, and readers that change sides at any time. Everything that PROMISES says about a split is
 * checked after each step.
 */
class SplitLogsTest {

  /** A position never means two messages; a reader that is not told misses nothing. */
  @Property(tries = 5000)
  void readers_miss_nothing_unless_they_are_told(@ForAll long seed) {
    Model model = new Model(seed, new History(1000, 1_000_000, 3600));
    model.run(60);
    model.assertAcknowledgedOnce();
  }

  /** Logs that are trimmed on one side or on both. */
  @Property(tries = 5000)
  void short_logs_tell_readers_what_they_no_longer_have(@ForAll long seed) {
    new Model(seed, new History(1 + (int) Math.floorMod(seed, 9L), 1_000_000, 3600)).run(60);
  }

  /** A part of the cluster that sees only itself: the log at its owner, and the copy. */
  private static final class Side {
    final long id;
    RoomLog owner;
    RoomLog copy;

    /** Where a feed of this side may have been when the side parted from another one. */
    Position delivered = Position.NONE;

    Side(long id, RoomLog owner, RoomLog copy) {
      this.id = id;
      this.owner = owner;
      this.copy = copy;
    }
  }

  /** A client: what it was sent since it was last told that messages are missing. */
  private static final class Reader {
    Position position = Position.NONE;
    final Map<Long, String> heard = new HashMap<>();
  }

  private static final class Model {
    private final Random random;
    private final History limits;
    private final List<Side> sides = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();

    /** The message at each position that a reader was ever sent. */
    private final Map<Position, String> meanings = new HashMap<>();

    private final Set<String> acknowledged = new HashSet<>();

    /** Keys that were published and may be tried again elsewhere. */
    private final List<String> keys = new ArrayList<>();

    private final Map<Integer, Long> numbers = new HashMap<>();
    private long epochs = 1;
    private long now = 1000;

    Model(long seed, History limits) {
      this.random = new Random(seed);
      this.limits = limits;
      RoomLog log = new RoomLog(epochs++);
      log.enter(epochs, 0, 0, true);
      sides.add(new Side(epochs++, log, copyOf(log)));
      for (int i = 0; i < 4; i++) {
        readers.add(new Reader());
      }
    }

    void run(int steps) {
      for (int i = 0; i < steps; i++) {
        now += random.nextInt(5);
        Side side = sides.get(random.nextInt(sides.size()));
        switch (random.nextInt(12)) {
          case 0 -> split(side);
          case 1 -> heal();
          case 2, 3, 4 -> read(side, readers.get(random.nextInt(readers.size())));
          case 5 -> side.owner.confirm(side.delivered);
          case 6, 7 -> side.owner.confirm(new Position(side.owner.epoch(), side.copy.top()));
          default -> publish(side, true);
        }
        if (limits.messages() == 1000) {
          sides.forEach(one -> assertKeysOnce(one.owner));
        }
      }
      while (sides.size() > 1) {
        heal();
      }
      readers.forEach(reader -> read(sides.get(0), reader));
    }

    private void publish(Side side, boolean replicated) {
      publish(side, random.nextInt(2), replicated);
    }

    /** An appender has one batch in flight at most. */
    private void publish(Side side, int number, boolean replicated) {
      boolean again = !keys.isEmpty() && random.nextInt(4) == 0;
      String key = again ? keys.get(random.nextInt(keys.size())) : "k" + keys.size();
      int appender = (int) side.id * 10 + number;
      long batches = numbers.merge(appender, 1L, Long::sum);
      byte[] text = key.getBytes(StandardCharsets.UTF_8);
      Publication one =
          Publication.stored(Publication.Kind.TEXT, text, now, key, null, Attributes.NONE);
      if (!again) {
        keys.add(key);
      }
      Batch batch = new Batch(appender, batches, List.of(one));
      Appended appended = side.owner.append(batch, now, limits);
      assertThat(appended.epoch()).isEqualTo(side.owner.epoch());
      if (replicated) {
        replicate(side);
        acknowledged.add(key);
      }
    }

    private void replicate(Side side) {
      assertThat(side.copy.replicate(side.owner.stepForCopy(null, now), now)).isTrue();
    }

    /** The owner and the copy lose each other; publications may be on their way. */
    private void split(Side side) {
      if (sides.size() == 4) {
        return;
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        publish(side, i, false);
      }
      Position delivered = new Position(side.owner.epoch(), side.copy.top());
      boolean ownerKeeps = random.nextBoolean();
      boolean copyKeeps = !ownerKeeps && random.nextBoolean();
      sides.remove(side);
      sides.add(part(side.owner, ownerKeeps ? side.id : epochs++, delivered));
      sides.add(part(side.copy, copyKeeps ? side.id : epochs++, delivered));
    }

    private Side part(RoomLog log, long id, Position delivered) {
      log.enter(id, 0, epochs++, random.nextInt(4) > 0);
      Side side = new Side(id, log, copyOf(log));
      side.delivered = delivered;
      return side;
    }

    private void heal() {
      if (sides.size() < 2) {
        return;
      }
      Side one = sides.remove(random.nextInt(sides.size()));
      Side other = sides.remove(random.nextInt(sides.size()));
      RoomLog merged = MergedLogs.of(one.owner, other.owner, epochs++);
      merged.belongs(0, merged.top());
      merged.enter(one.id, 0, epochs++, true);
      assertThat(merged.epoch()).isLessThan(epochs - 1);
      sides.add(new Side(one.id, merged, copyOf(merged)));
    }

    /** What a client of this side does, whatever side it was on before. */
    private void read(Side side, Reader reader) {
      replicate(side);
      Page page = side.owner.read(reader.position, 1000, 1_000_000, now, limits);
      if (!page.continues(reader.position)) {
        reader.heard.clear(); // It is told.
        reader.position = page.end();
        return;
      }
      for (long offset = page.oldest(); offset <= reader.position.offset(); offset++) {
        String heard = reader.heard.get(offset);
        if (heard != null) {
          assertThat(text(side.owner.entry(offset)))
              .as("the past of %s at %s", reader.position, offset)
              .isEqualTo(heard);
        }
      }
      assertThat(page.first()).isEqualTo(reader.position.offset() + 1);
      for (long offset = page.first(); offset <= page.last(); offset++) {
        String text = text(side.owner.entry(offset));
        Position at = new Position(page.epoch(), offset);
        assertThat(meanings.computeIfAbsent(at, any -> text)).as("%s", at).isEqualTo(text);
        reader.heard.put(offset, text);
      }
      reader.position = page.end();
    }

    private static void assertKeysOnce(RoomLog log) {
      List<String> texts = log.entries().stream().map(Model::text).toList();
      if (new HashSet<>(texts).size() < texts.size()) { // Much cheaper than the assertion.
        assertThat(texts).doesNotHaveDuplicates();
      }
    }

    void assertAcknowledgedOnce() {
      List<String> texts = sides.get(0).owner.entries().stream().map(Model::text).toList();
      assertThat(texts).containsAll(acknowledged).doesNotHaveDuplicates();
    }

    private static String text(Entry entry) {
      return entry.publication().text();
    }

    private static RoomLog copyOf(RoomLog log) {
      RoomLog copy = log.with(log.branch());
      copy.belongs(log.side(), log.top());
      return copy;
    }
  }
}
