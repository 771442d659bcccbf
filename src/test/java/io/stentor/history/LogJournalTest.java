package io.stentor.history;

import static io.stentor.history.LogUnderTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.Durability;
import io.stentor.config.RoomOptions.First;
import io.stentor.history.History.Unwritable;
import io.stentor.history.History.UnwritableException;
import io.stentor.journal.SimulatedMachine;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logs of a single node that restarts. */
class LogJournalTest {
  private static final RoomName ROOM = new RoomName("room");
  private static final RoomOptions.History LIMITS =
      new RoomOptions.History(100, 10_000, 300, Durability.BUFFERED, First.NONE);

  private Path directory = Path.of("");
  private final AtomicLong numbers = new AtomicLong(1);

  @BeforeEach
  void createDirectory() throws IOException {
    directory = Files.createTempDirectory("stentor-logs");
  }

  @AfterEach
  void deleteDirectory() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  /** A node with this directory, until it is closed. */
  private final class Node implements AutoCloseable {
    final LogJournal journal;
    final LocalHistory history;

    Node() throws IOException {
      journal = LogJournal.open(directory);
      history = new LocalHistory(journal, true);
    }

    Appended append(RoomOptions.History limits, String... texts) {
      List<Publication> some =
          Stream.of(texts).map(text -> Publication.text(text, 1_700_000_000_000L)).toList();
      return await(
          history.append(ROOM, new Batch(1, numbers.getAndAdd(some.size()), some), limits));
    }

    Page all(RoomOptions.History limits) {
      return await(history.read(ROOM, Position.NONE, 1000, Integer.MAX_VALUE, limits));
    }

    List<String> texts(RoomOptions.History limits) {
      return all(limits).publications().stream().map(Publication::text).toList();
    }

    @Override
    public void close() {
      journal.close();
    }
  }

  /** What a client can see of a log, apart from its epoch. */
  private record Seen(long oldest, long top, List<String> publications) {
    static Seen of(Page page) {
      return new Seen(
          page.oldest(), page.top(), page.publications().stream().map(Seen::describe).toList());
    }

    private static String describe(Publication one) {
      HexFormat hex = HexFormat.of();
      return one.kind()
          + hex.formatHex(one.data())
          + one.timeMillis()
          + one.idempotencyKey()
          + hex.formatHex(one.attributes().encoded());
    }
  }

  @Property(tries = 150)
  void a_restart_changes_nothing(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    AtomicLong clock = new AtomicLong(1_000_000);
    LocalHistory model = new LocalHistory(clock::get);
    // Always the same: what only a smaller limit hid for a while may be there again.
    RoomOptions.History memory = RandomLogs.limits(random);
    Map<RoomName, Long> epochs = new HashMap<>();
    Map<RoomName, Batch> last = new HashMap<>();
    SimulatedMachine machine = new SimulatedMachine(seed);
    LogJournal journal = LogJournal.open(machine.open(), SimulatedMachine.SMALL);
    LocalHistory history = new LocalHistory(journal, true, clock::get);
    for (int step = 0; step < 60; step++) {
      clock.addAndGet(random.nextInt(1000));
      RoomName room = new RoomName("r" + random.nextInt(3));
      RoomOptions.History limits =
          new RoomOptions.History(
              memory.messages(),
              memory.bytes(),
              memory.ageSeconds(),
              random.nextBoolean() ? Durability.BUFFERED : Durability.SYNCED,
              First.NONE);
      int dice = random.nextInt(100);
      if (dice < 60) {
        Batch batch =
            dice < 10 && last.containsKey(room)
                ? last.get(room)
                : RandomLogs.batch(random, numbers.getAndAdd(10), clock.get());
        last.put(room, batch);
        Appended appended = await(history.append(room, batch, limits));
        Appended expected = await(model.append(room, batch, memory));
        int count = batch.publications().size();
        assertThat(appended.offsets(count)).isEqualTo(expected.offsets(count));
        assertThat(epochs.computeIfAbsent(room, name -> appended.epoch()))
            .isEqualTo(appended.epoch());
      } else if (dice < 65) {
        await(history.removeAll(room, limits));
        await(model.removeAll(room, memory));
      } else if (dice < 85 && epochs.containsKey(room)) {
        Page page = await(history.read(room, Position.NONE, 1000, Integer.MAX_VALUE, limits));
        Page expected = await(model.read(room, Position.NONE, 1000, Integer.MAX_VALUE, memory));
        assertThat(Seen.of(page)).isEqualTo(Seen.of(expected));
        assertThat(page.branch().epoch()).isEqualTo(epochs.get(room));
      } else {
        journal.close();
        machine.kill();
        journal = LogJournal.open(machine.open(), SimulatedMachine.SMALL);
        history = new LocalHistory(journal, true, clock::get);
      }
    }
    journal.close();
  }

  @Test
  void a_room_in_memory_is_not_in_the_journal_and_leaves_it_when_its_durability_changes()
      throws IOException {
    RoomOptions.History memory = new RoomOptions.History(100, 10_000, 300);
    try (Node node = new Node()) {
      node.append(memory, "a");
      assertThat(node.journal.rooms()).isEmpty();
      node.append(LIMITS, "b");
      assertThat(node.journal.rooms()).containsExactly("room");
    }
    try (Node node = new Node()) {
      assertThat(node.texts(LIMITS)).containsExactly("a", "b");
      node.append(memory, "c");
      assertThat(node.journal.rooms()).isEmpty();
    }
    try (Node node = new Node()) {
      assertThat(node.all(memory).top()).isZero();
    }
  }

  @Test
  void what_was_removed_does_not_come_back() throws IOException {
    try (Node node = new Node()) {
      node.append(LIMITS, "a", "b");
      await(node.history.removeAll(ROOM, LIMITS));
      node.append(LIMITS, "c");
    }
    try (Node node = new Node()) {
      assertThat(node.texts(LIMITS)).containsExactly("c");
      await(node.history.removeAll(ROOM, LIMITS));
    }
    try (Node node = new Node()) {
      assertThat(node.texts(LIMITS)).isEmpty();
      assertThat(node.all(LIMITS).top()).isEqualTo(3);
    }
  }

  @Test
  void a_copy_of_a_directory_goes_on_in_a_new_epoch_that_continues_what_it_has()
      throws IOException {
    Position end;
    try (Node node = new Node()) {
      end = new Position(node.append(LIMITS, "a", "b").epoch(), 2);
    }
    Path copy = Files.createTempDirectory("stentor-copy");
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(directory)) {
      files.addAll(all.toList());
    }
    for (Path file : files) {
      Files.copy(file, copy.resolve(file.getFileName()));
    }
    deleteDirectory();
    directory = copy;
    long epoch;
    try (Node node = new Node()) {
      Page page = node.all(LIMITS);
      epoch = page.branch().epoch();
      assertThat(epoch).isNotEqualTo(end.epoch());
      assertThat(page.branch().includes(end)).isTrue();
      assertThat(page.branch().includes(new Position(end.epoch(), 3))).isFalse();
      assertThat(node.append(LIMITS, "c").offsets(1)).containsExactly(3L);
    }
    try (Node node = new Node()) {
      assertThat(node.all(LIMITS).branch().epoch()).isEqualTo(epoch);
      assertThat(node.texts(LIMITS)).containsExactly("a", "b", "c");
    }
  }

  @Test
  void a_log_that_a_cluster_may_have_continued_forks_after_what_was_certainly_replicated()
      throws IOException {
    Position acknowledged;
    try (Node node = new Node()) {
      RoomLog log = new RoomLog(7);
      log.append(new Batch(1, 1, List.of(Publication.text("a", 1))), node.journal.millis(), LIMITS);
      log.enter(5, 1, 0, true);
      acknowledged = new Position(7, 1);
      log.confirm(acknowledged);
      log.append(new Batch(1, 2, List.of(Publication.text("b", 1))), node.journal.millis(), LIMITS);
      node.journal.record("room", log, java.util.Set.of(1L), node.journal.millis());
    }
    LogJournal journal = LogJournal.open(directory);
    LocalHistory history = new LocalHistory(journal, false);
    Page page = await(history.read(ROOM, Position.NONE, 10, 1000, LIMITS));
    assertThat(page.publications()).hasSize(2);
    assertThat(page.branch().epoch()).isNotEqualTo(7);
    assertThat(page.branch().includes(acknowledged)).isTrue();
    assertThat(page.branch().includes(new Position(7, 2))).isFalse();
    journal.close();
    try (Node node = new Node()) {
      assertThat(node.all(LIMITS).branch()).isEqualTo(page.branch());
    }
  }

  /** Returns a machine on which a node has kept one message, and has stopped. */
  private static SimulatedMachine afterOneMessage() throws IOException {
    SimulatedMachine machine = new SimulatedMachine(1);
    LogJournal journal = LogJournal.open(machine.open(), SimulatedMachine.SMALL);
    LocalHistory history = new LocalHistory(journal, true);
    await(history.append(ROOM, new Batch(1, 1, List.of(Publication.text("a", 1))), LIMITS));
    journal.close();
    machine.kill();
    return machine;
  }

  @Test
  void a_room_that_nobody_uses_after_a_restart_is_removed_when_its_messages_have_expired()
      throws IOException {
    SimulatedMachine machine = afterOneMessage();
    machine.advance(200_000);

    LogJournal journal = LogJournal.open(machine.open(), SimulatedMachine.SMALL);
    LocalHistory history = new LocalHistory(journal, true);
    assertThat(await(history.names("", null, 10))).containsExactly("room");
    machine.advance(100_000);
    history.expire(10);
    assertThat(await(history.names("", null, 10))).containsExactly("room");
    machine.advance(100_000);
    history.expire(10);
    history.expire(10);
    assertThat(await(history.names("", null, 10))).isEmpty();
    assertThat(journal.rooms()).isEmpty();
    journal.close();
  }

  @Test
  void a_room_whose_messages_expire_while_the_node_is_down_is_not_restored() throws IOException {
    SimulatedMachine machine = afterOneMessage();
    machine.advance(400_000);

    LogJournal journal = LogJournal.open(machine.open(), SimulatedMachine.SMALL);
    assertThat(journal.takeRestored()).isEmpty();
    assertThat(journal.rooms()).isEmpty();
    journal.close();
  }

  @Test
  void while_the_disk_takes_no_writes_what_is_safe_can_be_read_and_the_rest_comes_later()
      throws IOException {
    SimulatedMachine machine = new SimulatedMachine(1);
    LogJournal journal = LogJournal.open(machine.open(), SimulatedMachine.SMALL);
    LocalHistory history = new LocalHistory(journal, true);
    await(history.append(ROOM, new Batch(1, 1, List.of(Publication.text("a", 1))), LIMITS));
    machine.full(true);
    Batch batch = new Batch(1, 2, List.of(Publication.text("b", 1)));
    Future<Appended> waiting = history.append(ROOM, batch, LIMITS);
    Awaitility.await()
        .until(
            () -> {
              history.expire(1);
              return waiting.isComplete();
            });
    assertThat(waiting.cause()).isInstanceOf(UnwritableException.class);
    assertThat(history.unwritable(LIMITS)).isEqualTo(Unwritable.DATA_DIRECTORY);
    Page page = await(history.read(ROOM, Position.NONE, 10, 1000, LIMITS));
    assertThat(page.publications()).extracting(Publication::text).containsExactly("a");
    assertThat(page.top()).isEqualTo(1);
    machine.full(false);
    Awaitility.await().until(journal::accepts);
    assertThat(await(history.append(ROOM, batch, LIMITS)).offsets(1)).containsExactly(2L);
    assertThat(await(history.read(ROOM, Position.NONE, 10, 1000, LIMITS)).publications())
        .hasSize(2);
    journal.close();
  }
}
