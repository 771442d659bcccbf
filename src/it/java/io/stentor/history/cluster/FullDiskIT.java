package io.stentor.history.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import io.stentor.config.RoomOptions.Durability;
import io.stentor.config.RoomOptions.First;
import io.stentor.config.RoomOptions.History;
import io.stentor.history.Appended;
import io.stentor.history.Batch;
import io.stentor.history.History.UnwritableException;
import io.stentor.history.LogJournal;
import io.stentor.history.LogUnderTest;
import io.stentor.history.RoomLog;
import io.stentor.journal.SimulatedMachine;
import io.stentor.message.Publication;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The disk of the node that has a log's copy is full. */
class FullDiskIT extends LogUnderTest {
  private static final History BUFFERED =
      new History(1000, 1_000_000, 300, Durability.BUFFERED, First.NONE);

  private final Members members = new Members();
  private final List<SimulatedMachine> machines = new ArrayList<>();
  private final List<LogJournal> journals = new ArrayList<>();
  private final List<ClusterHistory> histories = new ArrayList<>();

  @Override
  protected ClusterHistory history() {
    return histories.get(members.all.indexOf(members.owner(room)));
  }

  @AfterEach
  void stop() {
    members.killAll();
    journals.forEach(LogJournal::close);
  }

  private void join() throws IOException {
    SimulatedMachine machine = new SimulatedMachine(machines.size());
    LogJournal journal = LogJournal.open(machine.open(), SimulatedMachine.SMALL);
    machines.add(machine);
    journals.add(journal);
    histories.add(new ClusterHistory(members.join(journal)));
  }

  @Test
  void nothing_is_acknowledged_or_piles_up_and_all_of_it_is_written_when_there_is_space()
      throws IOException {
    join();
    join();
    Awaitility.await().untilAsserted(() -> append(BUFFERED, "first"));
    HazelcastInstance copy = members.other(members.owner(room));
    int there = members.all.indexOf(copy);
    LogJournal journal = journals.get(there);
    fill(there);
    List<Batch> refused = new ArrayList<>();
    for (int i = 0; i < 198; i++) {
      Batch batch = batch("x".repeat(1000));
      refused.add(batch);
      assertThatThrownBy(() -> append(BUFFERED, batch))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(UnwritableException.class);
    }
    assertThat(journal.journal().figures().queuedBytes()).isLessThan(5000);

    machines.get(there).full(false);
    Awaitility.await().until(journal::accepts);

    Batch last = refused.get(197);
    assertThat(append(BUFFERED, last)).containsExactly(200L);
    RoomLog written = afterRestart(there);
    assertThat(written.top()).isEqualTo(200);
    List<Publication> all = written.entries().stream().map(entry -> entry.publication()).toList();
    assertThat(all).hasSize(200);
    assertThat(all.get(199).text()).isEqualTo(last.publications().get(0).text());
  }

  /** Fills a disk. The journal notices it with the next record. */
  private void fill(int place) {
    machines.get(place).full(true);
    Future<Appended> unwritten = history().append(room, batch("unwritten"), BUFFERED);
    Awaitility.await()
        .until(
            () -> {
              histories.forEach(history -> history.expire(31));
              return unwritten.isComplete();
            });
    assertThat(unwritten.cause()).isInstanceOf(UnwritableException.class);
  }

  private RoomLog afterRestart(int place) throws IOException {
    members.killAll();
    journals.get(place).close();
    journals.set(place, LogJournal.open(machines.get(place).open(), SimulatedMachine.SMALL));
    return journals.get(place).takeRestored().get(room.value()).log();
  }
}
