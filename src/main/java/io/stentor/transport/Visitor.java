package io.stentor.transport;

import io.stentor.message.Member;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who comes by a transport on which a client may give itself a name. */
final class Visitor {
  private Visitor() {}

  /**
   * A member with a connection id of its own.
   *
   * @param name the query parameter {@code name}; null where there is none
   * @throws IllegalArgumentException with one sentence that says what a name looks like
   */
  static Member of(@Nullable String name) {
    String user = name == null ? "" : Member.checkedName(name);
    return Member.of(UUID.randomUUID().toString(), user);
  }
}
