package io.stentor.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions.Durability;
import io.stentor.config.RoomOptions.First;
import io.stentor.config.RoomOptions.History;
import io.stentor.journal.SimulatedMachine;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Logs of a single node whose process or machine ends at any operation of its disk, beside a model
 * of what was acknowledged. {@code -Dstentor.crashes=100000} tries more histories.
 */
class LogCrashTest {

  private static final int HISTORIES = Integer.getInteger("stentor.crashes", 300);
  private static final int LIVES = 6;

  /** What is known of one room. */
  private static final class Room {
    final RoomName name;
    final History limits;

    /** The texts that were acknowledged and not removed since, by their offsets. */
    final TreeMap<Long, String> acknowledged = new TreeMap<>();

    /** What each position ever meant. */
    final Map<Position, String> meanings = new HashMap<>();

    /** The last position that was acknowledged; null if nothing was. */
    @Nullable Position last;

    /** The offset up to which everything was removed. */
    long removed;

    Room(String name, Durability durability) {
      this.name = new RoomName(name);
      this.limits = new History(1000, 1_000_000, 36_000, durability, First.NONE);
    }

    void means(Position position, String text) {
      String before = meanings.putIfAbsent(position, text);
      assertThat(text).as("%s of %s", position, name).isEqualTo(before == null ? text : before);
    }
  }

  private final List<Room> rooms = new ArrayList<>();
  private int texts;

  /** Whether anything was acknowledged since the last start, so that the disk has changed. */
  private boolean appended;

  private int crashes;
  private int forks;

  private static <T> @Nullable T result(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(30, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      return null; // the disk has stopped
    }
  }

  @Test
  void what_was_acknowledged_is_there_and_no_position_means_two_messages() {
    for (long seed = 1; seed <= HISTORIES; seed++) {
      try {
        history(seed);
      } catch (IOException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(crashes).isGreaterThan(2 * HISTORIES);
    assertThat(forks).isGreaterThan(HISTORIES / 4);
  }

  private void history(long seed) throws IOException {
    Random random = new Random(seed);
    SimulatedMachine machine = new SimulatedMachine(seed);
    rooms.clear();
    rooms.add(new Room("synced", Durability.SYNCED));
    rooms.add(new Room("synced-too", Durability.SYNCED));
    rooms.add(new Room("buffered", Durability.BUFFERED));
    rooms.add(new Room("buffered-too", Durability.BUFFERED));
    for (int life = 0; life < LIVES; life++) {
      LogJournal journal = LogJournal.open(machine.open(), SimulatedMachine.SMALL);
      LocalHistory history = new LocalHistory(journal, true);
      boolean stops = random.nextInt(5) > 0;
      if (stops) {
        machine.stopAfter(1 + random.nextInt(120));
      }
      boolean alive = true;
      appended = false;
      for (int i = random.nextInt(80); i > 0 && alive; i--) {
        alive = step(history, random);
      }
      crashes += alive ? 0 : 1;
      journal.close();
      boolean power = random.nextBoolean();
      if (power) {
        machine.losePower(random.nextBoolean());
      } else {
        machine.kill();
      }
      LogJournal again = LogJournal.open(machine.open(), SimulatedMachine.SMALL);
      LocalHistory there = new LocalHistory(again, true);
      boolean survived = !power || (alive && !stops);
      boolean lost = power && !alive && appended;
      rooms.forEach(room -> check(room, there, survived, lost));
      again.close();
    }
  }

  /** Returns false if the disk has stopped. */
  private boolean step(LocalHistory history, Random random) {
    Room room = rooms.get(random.nextInt(rooms.size()));
    if (random.nextInt(12) == 0) {
      Page page = result(history.removeAll(room.name, room.limits));
      if (page != null) {
        room.removed = page.top();
        room.acknowledged.clear();
      } else {
        // Perhaps it took place.
        room.acknowledged.clear();
      }
      return page != null;
    }
    List<Publication> some = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      some.add(Publication.text("text " + ++texts + "x".repeat(random.nextInt(200)), 1));
    }
    Appended result =
        result(history.append(room.name, new Batch(1, texts * 10L, some), room.limits));
    if (result == null) {
      return false;
    }
    appended = true;
    List<Long> offsets = result.offsets(some.size());
    for (int i = 0; i < some.size(); i++) {
      room.last = new Position(result.epoch(), offsets.get(i));
      room.acknowledged.put(offsets.get(i), some.get(i).text());
      room.means(room.last, some.get(i).text());
    }
    return true;
  }

  /**
   * Checks a room after a restart.
   *
   * @param survived whether what was only written, and not flushed, has certainly survived
   * @param lost whether it may certainly be lost
   */
  private void check(Room room, LocalHistory history, boolean survived, boolean lost) {
    Page page = result(history.read(room.name, Position.NONE, 10_000, 1 << 30, room.limits));
    assertThat(page).isNotNull();
    Map<Long, String> found = new TreeMap<>();
    for (int i = 0; i < page.publications().size(); i++) {
      found.put(page.first() + i, page.publications().get(i).text());
    }
    found.forEach(
        (offset, text) -> {
          room.means(new Position(page.branch().epoch(), offset), text);
          for (Position fork : page.branch().forks()) {
            if (offset <= fork.offset()) {
              room.means(new Position(fork.epoch(), offset), text);
            }
          }
        });
    if (survived || room.limits.durability() == Durability.SYNCED) {
      assertThat(found).as(room.name.value()).containsAllEntriesOf(room.acknowledged);
      assertThat(found.keySet()).as(room.name.value()).allMatch(offset -> offset > room.removed);
      if (room.last != null) {
        assertThat(page.branch().epoch()).as(room.name.value()).isEqualTo(room.last.epoch());
        assertThat(page.top()).isGreaterThanOrEqualTo(room.last.offset());
      }
    } else if (room.last != null && lost) {
      // What is told as recovered must be what was acknowledged.
      assertThat(page.branch().epoch()).isNotEqualTo(room.last.epoch());
      forks++;
    }
    room.acknowledged.clear();
    room.acknowledged.putAll(found);
    room.last = page.top() == 0 ? null : new Position(page.branch().epoch(), page.top());
    if (!survived && room.limits.durability() != Durability.SYNCED) {
      room.removed = 0;
    }
  }
}
