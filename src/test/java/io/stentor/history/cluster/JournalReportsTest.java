package io.stentor.history.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.history.cluster.JournalReports.Expected;
import io.stentor.history.cluster.JournalReports.Message;
import io.stentor.history.cluster.JournalReports.Report;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When an operation counts as safe on the disks of both nodes. */
class JournalReportsTest {
  private static final UUID OWNER = new UUID(0, 1);
  private static final UUID COPY = new UUID(0, 2);
  private static final UUID FORMER_COPY = new UUID(0, 3);

  private final JournalReports reports = new JournalReports(Runnable::run, null);
  private final Expected expected = reports.expect(new UUID(0, 9));
  private final long token = expected.waiter().token();

  private static Message ofOwner(long token) {
    return new Message(List.of(new Report(token, true, OWNER, COPY, false)));
  }

  private static Message ofCopy(long token, UUID from) {
    return new Message(List.of(new Report(token, false, from, null, false)));
  }

  @Test
  void an_operation_waits_for_both_nodes_in_any_order() {
    reports.received(ofOwner(token));
    assertThat(expected.safe().isComplete()).isFalse();
    reports.received(ofCopy(token, COPY));
    assertThat(expected.safe().succeeded()).isTrue();

    Expected other = reports.expect(new UUID(0, 9));
    reports.received(ofCopy(other.waiter().token(), COPY));
    assertThat(other.safe().isComplete()).isFalse();
    reports.received(ofOwner(other.waiter().token()));
    assertThat(other.safe().succeeded()).isTrue();
  }

  @Test
  void the_report_of_a_node_that_has_not_the_copy_does_not_count() {
    reports.received(ofCopy(token, FORMER_COPY));
    reports.received(ofOwner(token));
    assertThat(expected.safe().isComplete()).isFalse();
  }

  @Test
  void when_a_node_is_lost_the_operation_fails_and_can_be_repeated() {
    reports.received(ofOwner(token));
    reports.nodesChanged();
    assertThat(expected.safe().failed()).isTrue();
  }
}
