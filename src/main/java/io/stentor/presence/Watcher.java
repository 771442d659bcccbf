package io.stentor.presence;

import io.stentor.message.Member;
import java.util.List;
import java.util.function.Consumer;

/**
 * Receives the members of one room: first all of them, then each join and leave. Called on the loop
 * that was given to {@link Presence#watch}.
 *
 * <p>A watcher that cannot take an event returns false. This event and all later ones are dropped
 * until it calls {@link Watch#ready}; then it receives all members again.
 */
public interface Watcher {

  /**
   * All members of the room. Replaces everything received before.
   *
   * @param members in no order; shared with other watchers, read only
   * @return false if the watcher cannot take this now
   */
  boolean present(List<Member> members);

  /** A member joined. Returns false if the watcher cannot take this now. */
  boolean joined(Member member);

  /** A member left. Returns false if the watcher cannot take this now. */
  boolean left(Member member);

  /** A registered {@link Watcher}. Belongs to the loop that the watcher is called on. */
  interface Watch {

    /**
     * The watcher can take events again. If it refused one, it receives all members soon; otherwise
     * a no-op.
     */
    void ready();

    /**
     * Asks for all members, to answer a client that is sent the joins and leaves. The answer is as
     * recent as the cluster's record at the time of this call, if that can be read. It comes in
     * order with the joins and leaves: those that follow lead from it to the present members.
     *
     * @param answer called once, on the watcher's loop, even if the watch was closed in the
     *     meantime
     */
    void members(Consumer<List<Member>> answer);

    /** Unregisters the watcher. It is not called again. Idempotent. */
    void close();
  }
}
