package io.stentor.presence;

import io.stentor.message.Member;
import java.util.List;

/**
 * Someone who is told who is in a room: first everybody, then each who comes and goes. Called on
 * the loop that it gave to {@link Presence#watch}.
 *
 * <p>A watcher that cannot take an event answers false. That event and all later ones are then
 * dropped, until it says {@link Watch#ready} and is given everybody afresh.
 */
public interface Watcher {

  /**
   * Everybody who is in the room. Replaces what was told before.
   *
   * @param members in no order; shared with other watchers, read only
   * @return false where this cannot be taken now
   */
  boolean present(List<Member> members);

  /** Somebody came. Returns false where this cannot be taken now. */
  boolean joined(Member member);

  /** Somebody left. Returns false where this cannot be taken now. */
  boolean left(Member member);
}
