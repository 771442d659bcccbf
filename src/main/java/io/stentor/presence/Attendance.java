package io.stentor.presence;

import io.stentor.message.Member;
import io.stentor.message.RoomName;

/**
 * One connection's being in one room: it enters once and leaves once, in this order, however often
 * and in whichever order its transport says so. Belongs to the connection's event loop.
 */
public final class Attendance {

  private enum State {
    OUTSIDE,
    INSIDE,
    GONE
  }

  private final Presence presence;
  private final RoomName room;
  private final Member member;
  private State state = State.OUTSIDE;

  /** Nobody is anywhere yet. */
  public Attendance(Presence presence, RoomName room, Member member) {
    this.presence = presence;
    this.room = room;
    this.member = member;
  }

  /** Who this is to others. */
  public Member member() {
    return member;
  }

  /** To be called as soon as the connection hears the room. */
  public void enter() {
    if (state == State.OUTSIDE) {
      state = State.INSIDE;
      presence.enter(room, member);
    }
  }

  /** To be called when the connection ends, also if it never entered. */
  public void leave() {
    if (state == State.INSIDE) {
      presence.leave(room, member.connection());
    }
    state = State.GONE;
  }
}
