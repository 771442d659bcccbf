package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Permissions;
import io.stentor.json.JsonWriter;
import io.stentor.message.CloseReason;
import io.stentor.message.RoomName;
import io.stentor.room.Connection;
import io.stentor.room.Cursor;
import io.stentor.room.Format;
import io.stentor.room.Notice;
import io.stentor.room.RoomLimitReached;
import io.stentor.room.Start;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One room of one session: a connection of that room. One event loop. */
final class Subscription implements Connection {

  /*
   * The room tells where the cursor is before it writes anything, and that is when the client is
   * answered: so its answer comes before any publication. Who wants to be told who comes and goes
   * is answered when that can be told, so that nobody is missed; and where the subscription is a
   * part of the answer to connect, it is answered with that. Until then what the room writes is
   * held; it is one page at most, since the room is told that nothing more can be written.
   */

  private enum State {
    OPENING,
    OPEN,
    GONE
  }

  private final Session session;
  private final RoomName room;
  private final Opening opening;
  private final Expiry expiry;
  private final Gate gate;
  private final Stay stay;
  private State state = State.OPENING;
  private @Nullable Terms terms;
  private @Nullable Cursor cursor;

  /**
   * A subscription that takes up a place, but is not decided.
   *
   * @param answer of the command that it is a part of, for what is refused
   */
  Subscription(Session session, RoomName room, Wanted wanted, Answer answer) {
    this.session = session;
    this.room = room;
    this.opening = new Opening(session, this, wanted, answer);
    this.gate = new Gate(session);
    this.stay = new Stay(session, this);
    this.expiry = new Expiry(session.site().expiries(), this::expired);
  }

  RoomName room() {
    return room;
  }

  /** Null as long as it is not decided. */
  @Nullable Terms terms() {
    return terms;
  }

  /** Whether what came of it is known. */
  boolean isOpen() {
    return state == State.OPEN;
  }

  boolean isGone() {
    return state == State.GONE;
  }

  Expiry expiry() {
    return expiry;
  }

  /**
   * Enters the room.
   *
   * @param result is given the result as the client is to be told it
   */
  void open(Terms granted, Consumer<JsonWriter> result) {
    if (state == State.GONE) {
      return;
    }
    terms = granted;
    expiry.at(granted.expiresAt());
    opening.begin(granted, result);
  }

  /**
   * The same from a place that a server names: what follows it comes as ordinary publications.
   *
   * @param start where to begin
   */
  void openAt(Start start, Terms granted, Consumer<JsonWriter> result) {
    terms = granted;
    expiry.at(granted.expiresAt());
    opening.beginAt(start, result);
  }

  /** Joins the room, unless the client has left in the meantime; is refused where it cannot. */
  void enter(Start start) {
    if (state != State.OPENING) {
      return;
    }
    try {
      Cursor placed = session.site().rooms().join(room, this, start, session.site().eventLoop());
      cursor = placed;
      if (state == State.GONE) {
        placed.leave();
      }
    } catch (RoomLimitReached e) {
      opening.refused(Refusal.of(e));
    }
  }

  @Override
  public boolean tell(Notice notice) {
    Terms granted = terms;
    if (state == State.OPENING && granted != null) {
      opening.placed(granted, notice);
    } else if (notice.kind() == Notice.Kind.LOST) {
      lost();
    }
    // What was left out for a slow client shows in the offsets of what follows.
    return state == State.OPEN;
  }

  /**
   * The client is in the room.
   *
   * @param watches whether it is told who comes and goes
   * @param then runs at once, or when everybody who comes from then on is told
   */
  void entered(Terms granted, boolean watches, Runnable then) {
    state = State.OPEN;
    stay.begin(granted, watches, then);
  }

  /** Whether it is not known yet what came of this. */
  boolean isUndecided() {
    return state != State.GONE && !opening.isOver();
  }

  /** How it begins, or began. */
  Opening opening() {
    return opening;
  }

  /** The client was answered: what waited for that goes out. */
  void live() {
    if (gate.open()) {
      drained();
    }
  }

  /** Tells the client something of this room. */
  void push(JsonWriter push) {
    if (state == State.OPEN) {
      gate.push(push);
    }
  }

  /** The socket takes more. */
  void drained() {
    if (cursor != null && gate.isOpen()) {
      cursor.drained();
    }
    stay.ready();
  }

  /** The server ends it, and tells the client. */
  void end(int code, String reason) {
    leave();
    session.push(Pushes.unsubscribe(room, code, reason));
  }

  /** Ends where the present configuration no longer allows what was granted. */
  void recheck() {
    Terms granted = terms;
    if (state != State.OPEN || granted == null) {
      return;
    }
    Permissions permissions = session.site().permissions();
    if (!permissions.allow(granted.identity(), room, Action.SUBSCRIBE)) {
      end(Pushes.SERVER_UNSUBSCRIBE, "permission denied");
    } else if (stay.isToldOfOthers()
        && !granted.tellJoinLeave()
        && !permissions.allow(granted.identity(), room, Action.PRESENCE)) {
      // The client subscribes again at once, and is granted what it may have now.
      lost();
    }
  }

  private void expired() {
    end(Pushes.EXPIRED, "subscription expired");
  }

  private void lost() {
    if (!opening.isOver()) {
      opening.fail();
    } else if (terms != null && terms.byServer()) {
      session.close(CloseReason.INSUFFICIENT_STATE);
    } else {
      end(Pushes.INSUFFICIENT_STATE, "insufficient state");
    }
  }

  /** The client is in the room no longer. Once more does no harm. */
  void leave() {
    if (state == State.GONE) {
      return;
    }
    state = State.GONE;
    session.subscriptions().remove(this);
    expiry.cancel();
    gate.close();
    if (cursor != null) {
      cursor.leave();
    }
    stay.end();
    opening.decided();
  }

  @Override
  public Format format() {
    return session.lines().format();
  }

  @Override
  public void joined() {
    // What the client publishes meanwhile is not held back: it may be in many rooms.
  }

  @Override
  public boolean isWritable() {
    return gate.isOpen() && state == State.OPEN && session.outlet().isWritable();
  }

  @Override
  public void send(ByteBuf shared) {
    if (state == State.OPEN) {
      session.outlet().send(shared);
    }
  }

  @Override
  public void write(ByteBuf bytes) {
    if (state == State.OPEN) {
      gate.write(bytes);
    } else {
      bytes.release();
    }
  }

  @Override
  public void flush() {
    session.outlet().flush();
  }

  @Override
  public void close(CloseReason reason) {
    if (reason.equals(CloseReason.SLOW)) {
      session.close(reason);
    } else if (state != State.GONE) {
      lost();
    }
  }
}
