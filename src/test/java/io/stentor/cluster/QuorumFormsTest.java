package io.stentor.cluster;

import io.stentor.cluster.Agreement.State;
import io.stentor.support.GoldenForms;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The forms of the messages of an agreement do not change within a version. */
class QuorumFormsTest {
  private static final UUID NODE = new UUID(1, 2);
  private static final Agreement AGREEMENT =
      new Agreement(3, List.of(NODE, new UUID(3, 4)), 77, true, 3, 2);

  @Test
  void a_form_changes_only_with_a_new_version() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("quorum-ask", QuorumMessage.ask(NODE, List.of(NODE)));
    values.put("quorum-accept", QuorumMessage.accept(NODE, AGREEMENT));
    values.put("quorum-commit", QuorumMessage.commit(NODE));
    values.put("quorum-leaving", QuorumMessage.leaving());
    values.put("quorum-state", new State(AGREEMENT, List.of(AGREEMENT), 9, true, new UUID(5, 6)));
    values.put("quorum-newcomer", State.NEWCOMER);
    GoldenForms.check(QuorumMessage::register, values);
  }
}
