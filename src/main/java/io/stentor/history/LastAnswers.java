package io.stentor.history;

import io.stentor.history.Appended.Answer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The result of the last batch of each appender of a log, in case it is repeated. Not thread-safe.
 */
final class LastAnswers {

  /**
   * Maximum number of appenders whose last batches are remembered. The one that has been inactive
   * for longest is forgotten.
   */
  static final int MAX_APPENDERS = 64;

  /** In the order of their last batches; null as long as there are none. */
  private @Nullable LinkedHashMap<Long, Answer> answers;

  /** Returns the results by appender. */
  Map<Long, Answer> all() {
    return answers == null ? Map.of() : answers;
  }

  /** Remembers the result unless the appender already has a later one. */
  void remember(long appender, Answer answer) {
    Answer present = all().get(appender);
    if (present != null && present.number() > answer.number()) {
      return;
    }
    answers = answers == null ? new LinkedHashMap<>(4) : answers;
    answers.remove(appender);
    answers.put(appender, answer);
    if (answers.size() > MAX_APPENDERS) {
      answers.remove(answers.keySet().iterator().next());
    }
  }

  /**
   * Continues in another branch.
   *
   * @param last the last offset that both branches have
   * @param keepsLater whether the new branch has what follows
   */
  void fork(long newEpoch, long last, boolean keepsLater) {
    Map<Long, Answer> before = all();
    answers = null;
    before.forEach(
        (appender, answer) -> {
          boolean shared = answer.end() <= last;
          if (shared || keepsLater) {
            remember(appender, shared ? answer : answer.in(newEpoch));
          }
        });
  }

  /**
   * Returns the results of batches after an offset.
   *
   * @param epoch of the batches
   * @param appenders appenders whose results are always included
   */
  Map<Long, Answer> after(long offset, long epoch, Set<Long> appenders) {
    Map<Long, Answer> some = new LinkedHashMap<>(2);
    all()
        .forEach(
            (appender, answer) -> {
              boolean inDoubt =
                  answer.appended().epoch() == epoch
                      && Math.max(answer.appended().first(), answer.end()) > offset;
              if (inDoubt || appenders.contains(appender)) {
                some.put(appender, answer);
              }
            });
    return some;
  }
}
