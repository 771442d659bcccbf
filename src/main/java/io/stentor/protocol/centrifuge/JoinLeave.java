package io.stentor.protocol.centrifuge;

import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.Watcher;
import java.util.List;

/** Tells a client who comes into a room and who leaves it. One event loop. */
final class JoinLeave implements Watcher {

  private final Session session;
  private final RoomName room;

  JoinLeave(Session session, RoomName room) {
    this.session = session;
    this.room = room;
  }

  /** The client asks who is there by a command of its own. */
  @Override
  public boolean present(List<Member> members) {
    return true;
  }

  @Override
  public boolean joined(Member member) {
    return push(Pushes.join(room, member));
  }

  @Override
  public boolean left(Member member) {
    return push(Pushes.leave(room, member));
  }

  /** A client that does not read is closed when too much waits for it; nothing is left out. */
  private boolean push(JsonLine line) {
    session.write(line);
    return true;
  }
}
