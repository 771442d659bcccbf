package io.stentor.presence;

import io.stentor.message.Member;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Some members of a room, by user and then by connection. Immutable; any thread.
 *
 * @param members in order
 * @param more whether others come behind the last of these
 */
public record MembersPage(List<Member> members, boolean more) {

  public MembersPage {
    members = List.copyOf(members);
  }

  /** The first {@code limit} members behind {@code after}; looks at each member once. */
  static MembersPage of(Iterable<Member> all, @Nullable Member after, int limit) {
    PriorityQueue<Member> first = new PriorityQueue<>(Comparator.reverseOrder());
    boolean more = false;
    for (Member member : all) {
      if (after == null || member.compareTo(after) > 0) {
        first.add(member);
        if (first.size() > limit) {
          first.poll();
          more = true;
        }
      }
    }
    return new MembersPage(first.stream().sorted().toList(), more);
  }

  /** Checks a limit, in one place for all that answer pages. */
  static int checked(int limit) {
    if (limit < 1 || limit > Presence.MAX_PAGE) {
      throw new IllegalArgumentException("a page has 1 to " + Presence.MAX_PAGE + ": " + limit);
    }
    return limit;
  }
}
