package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;

/**
 * The membership of one connection in one room. The connection enters at most once and leaves at
 * most once, in this order, whatever calls its transport makes. Belongs to the connection's event
 * loop.
 */
public final class Membership {

  private enum State {
    OUTSIDE,
    INSIDE,
    ENDED
  }

  private final Presence presence;
  private final RoomName room;
  private final Member member;
  private State state = State.OUTSIDE;

  /** Creates a membership of a connection that has not entered yet. */
  public Membership(Presence presence, RoomName room, Member member) {
    this.presence = presence;
    this.room = room;
    this.member = member;
  }

  public Member member() {
    return member;
  }

  /** Call as soon as the connection receives the room's messages. */
  public void enter() {
    if (state == State.OUTSIDE) {
      state = State.INSIDE;
      presence.enter(room, member);
    }
  }

  /** Call when the connection ends, even if it never entered. */
  public void leave() {
    if (state == State.INSIDE) {
      presence.leave(room, member.connection());
    }
    state = State.ENDED;
  }
}
