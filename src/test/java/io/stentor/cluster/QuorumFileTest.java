package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.cluster.Agreement.Acceptor;
import io.stentor.cluster.Agreement.State;
import io.stentor.journal.SimulatedMachine;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuorumFileTest {
  private static final UUID SELF = new UUID(1, 1);
  private static final UUID OTHER = new UUID(2, 2);

  private final AtomicLong nanos = new AtomicLong(-TimeUnit.SECONDS.toNanos(5));
  private final QuorumFile file = new QuorumFile(null, 30, nanos::get);

  private void pass(int seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void a_slow_start_does_not_count_as_waiting() {
    pass(40);
    assertThat(file.waitsFor(1)).isTrue();
    pass(29);
    assertThat(file.waitsFor(1)).isTrue();
    pass(1);
    assertThat(file.waitsFor(1)).isFalse();
  }

  @Test
  void a_node_waits_for_others_that_start_as_long_as_they_answer_and_not_for_ever()
      throws IOException {
    QuorumFile onDisk = new QuorumFile(new SimulatedMachine(1).open(), 30, nanos::get);
    List<String> others = List.of("10.0.0.2:5701");
    assertThat(onDisk.waitsForStarting(List.of())).isFalse();
    assertThat(onDisk.waitsForStarting(null)).isTrue();
    pass(9);
    assertThat(onDisk.waitsForStarting(others)).isTrue();
    assertThat(onDisk.waitsForStarting(List.of())).isFalse();
    pass(1);
    assertThat(onDisk.waitsForStarting(others)).isFalse();
  }

  @Test
  void a_node_without_a_data_directory_has_nothing_to_wait_for() {
    assertThat(file.waitsForStarting(List.of("10.0.0.2:5701"))).isFalse();
  }

  @Test
  void a_node_that_is_not_to_wait_does_not_wait_for_nodes_that_start() throws IOException {
    QuorumFile onDisk = new QuorumFile(new SimulatedMachine(1).open(), 0, nanos::get);
    assertThat(onDisk.waitsForStarting(List.of("10.0.0.2:5701"))).isFalse();
  }

  @Test
  void a_node_that_cannot_write_what_it_accepts_remembers_nothing_and_no_older_agreement()
      throws IOException {
    SimulatedMachine machine = new SimulatedMachine(1);
    QuorumFile onDisk = new QuorumFile(machine.open(), 30, nanos::get);
    Acceptor acceptor = onDisk.restarted(SELF);
    adopt(acceptor, new Agreement(1, List.of(SELF, OTHER), 7, true, 2, 0));
    assertThat(restarted(machine).former()).isEqualTo(SELF);

    machine.fill();
    adopt(acceptor, new Agreement(2, List.of(SELF), 8, false, 2, 1));

    assertThat(restarted(machine)).isEqualTo(State.NEWCOMER);
  }

  @Test
  void a_node_that_merges_while_it_waits_after_a_restart_is_still_the_member_that_it_was()
      throws IOException {
    SimulatedMachine machine = new SimulatedMachine(1);
    adopt(
        new QuorumFile(machine.open(), 30, nanos::get).restarted(SELF),
        new Agreement(1, List.of(SELF, OTHER), 7, true, 2, 0));
    QuorumFile onDisk = new QuorumFile(machine.open(), 30, nanos::get);
    UUID merged = new UUID(3, 3);
    Acceptor waiting = onDisk.merged(onDisk.restarted(new UUID(2, 3)), merged);
    assertThat(waiting.node()).isEqualTo(merged);
    assertThat(waiting.state().former()).isEqualTo(SELF);

    adopt(waiting, new Agreement(2, List.of(merged), 7, true, 1, 1));

    assertThat(waiting.continues()).isTrue();
    assertThat(onDisk.merged(waiting, new UUID(4, 4)).state()).isEqualTo(State.NEWCOMER);
  }

  private static void adopt(Acceptor acceptor, Agreement agreement) {
    UUID round = UUID.randomUUID();
    acceptor.answer(round, false);
    assertThat(acceptor.accept(round, agreement)).isTrue();
    assertThat(acceptor.adopt(round)).isTrue();
  }

  private State restarted(SimulatedMachine machine) throws IOException {
    return new QuorumFile(machine.open(), 30, nanos::get).restarted(UUID.randomUUID()).state();
  }
}
