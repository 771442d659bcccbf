package io.stentor.centrifuge;

import io.stentor.json.JsonWriter;
import io.stentor.message.Member;
import io.stentor.presence.Watcher;
import java.util.List;

/** Tells a client who comes into a room and who leaves it. One event loop. */
final class JoinLeave implements Watcher {

  private final Subscription subscription;
  private final Runnable whenPresent;

  /**
   * A watcher for a client.
   *
   * @param whenPresent runs when everybody who comes from then on is told
   */
  JoinLeave(Subscription subscription, Runnable whenPresent) {
    this.subscription = subscription;
    this.whenPresent = whenPresent;
  }

  /** The client asks who is there by a command of its own. */
  @Override
  public boolean present(List<Member> members) {
    whenPresent.run();
    return true;
  }

  @Override
  public boolean joined(Member member) {
    return push(Pushes.join(subscription.room(), member));
  }

  @Override
  public boolean left(Member member) {
    return push(Pushes.leave(subscription.room(), member));
  }

  /** A client that does not read is closed when too much waits for it; nothing is left out. */
  private boolean push(JsonWriter line) {
    subscription.push(line);
    return true;
  }
}
