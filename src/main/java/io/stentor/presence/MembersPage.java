package io.stentor.presence;

import io.stentor.message.Member;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A page of the members of a room, ordered by user and then by connection. Immutable.
 *
 * @param members in order
 * @param more whether more members follow
 */
public record MembersPage(List<Member> members, boolean more) {

  public MembersPage {
    members = List.copyOf(members);
  }

  /**
   * Returns the first {@code limit} members after {@code after}, or from the first if it is null.
   * Looks at each member once.
   */
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
}
