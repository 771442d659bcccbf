package io.stentor.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LocalListsTest extends ListsContract {
  private final LocalHistory history = new LocalHistory(NOW::get);

  @Override
  public History history() {
    return history;
  }

  @Test
  void asking_keeps_no_log_from_expiring() {
    append(LIMITS, "a");
    NOW.addAndGet(1000L * (LIMITS.ageSeconds() + 60) + 1);
    await(history.summaries(List.of(room)));
    await(history.names("", null, 10));
    history.expire(10);
    history.expire(10);
    assertThat(history.size()).isZero();
  }
}
