package io.stentor.protocol.centrifuge;

import io.netty.buffer.ByteBuf;
import io.stentor.history.Page;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.presence.Attendance;
import io.stentor.presence.Watch;
import io.stentor.room.Connection;
import io.stentor.room.Cursor;
import io.stentor.room.Format;
import io.stentor.room.Notice;
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
  private final Wanted wanted;
  private final Answer answer;
  private final Expiry expiry;
  private final Gate gate;
  private State state = State.OPENING;
  private boolean announced;
  private @Nullable Terms terms;
  private Consumer<JsonLine> opened = result -> {};
  private @Nullable Page missed;
  private @Nullable Cursor cursor;
  private @Nullable Attendance attendance;
  private @Nullable Watch watch;
  private @Nullable Runnable whenOpen;

  /**
   * A subscription that takes up a place, but is not decided.
   *
   * @param answer of the command that it is a part of, for what is refused
   */
  Subscription(Session session, RoomName room, Wanted wanted, Answer answer) {
    this.session = session;
    this.room = room;
    this.wanted = wanted;
    this.answer = answer;
    this.gate = new Gate(session);
    this.expiry = new Expiry(session.site().eventLoop(), this::expired);
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

  Expiry expiry() {
    return expiry;
  }

  /**
   * Enters the room.
   *
   * @param result is given the result as the client is to be told it
   */
  void open(Terms granted, Consumer<JsonLine> result) {
    if (state == State.GONE) {
      return;
    }
    terms = granted;
    opened = result;
    expiry.at(granted.expiresAt());
    if (wanted.recover() && granted.recovery()) {
      session.await(answer, Recovery.read(session.site().rooms(), room, wanted), this::enterAfter);
    } else if (wanted.recover() && wanted.onlyRecovered()) {
      throw new Refusal(ErrorCode.UNRECOVERABLE_POSITION);
    } else {
      enter(new Start.Live());
    }
  }

  private void enterAfter(Recovery recovery) {
    Page page = recovery.page();
    missed = page;
    if (page != null) {
      enter(new Start.Since(new Position(page.epoch(), page.last())));
    } else if (wanted.onlyRecovered()) {
      throw new Refusal(ErrorCode.UNRECOVERABLE_POSITION);
    } else {
      enter(new Start.Live());
    }
  }

  private void enter(Start start) {
    if (state == State.OPENING) {
      Cursor placed = session.site().rooms().join(room, this, start, session.site().eventLoop());
      cursor = placed;
      if (state == State.GONE) {
        placed.leave();
      }
    }
  }

  @Override
  public boolean tell(Notice notice) {
    if (state == State.OPENING) {
      opened(notice);
    } else if (notice.kind() == Notice.Kind.LOST) {
      lost();
    }
    // What was left out for a slow client shows in the offsets of what follows.
    return state == State.OPEN;
  }

  private void opened(Notice notice) {
    Terms granted = terms;
    boolean recovered = notice.kind() == Notice.Kind.RECOVERED;
    if (granted == null || (wanted.onlyRecovered() && wanted.recover() && !recovered)) {
      answer.refused(ErrorCode.UNRECOVERABLE_POSITION);
      return;
    }
    state = State.OPEN;
    if (granted.presence()) {
      Attendance here =
          new Attendance(session.site().presence(), room, session.client().member(granted.info()));
      attendance = here;
      here.enter();
    }
    Page told = recovered ? missed : null;
    boolean timed = session.lines().format().timed();
    JsonLine result = SubscribeResult.of(granted, wanted, expiry, notice.position(), told, timed);
    missed = null;
    if (granted.tellJoinLeave() || (wanted.joinLeave() && granted.joinLeave())) {
      watch = watch(() -> announce(granted, result));
    } else {
      announce(granted, result);
    }
  }

  /** Tells the client, unless it is gone. */
  private void announce(Terms granted, JsonLine result) {
    if (state == State.OPEN && !announced) {
      announced = true;
      opened.accept(result);
      if (!granted.byServer()) {
        live();
      }
      decided();
    }
  }

  private Watch watch(Runnable whenPresent) {
    JoinLeave watcher = new JoinLeave(this, whenPresent);
    return session.site().presence().watch(room, watcher, session.site().eventLoop());
  }

  /** Runs a task when it is known what came of this. */
  void whenDecided(Runnable task) {
    if (state != State.GONE && !announced) {
      whenOpen = task;
    } else {
      task.run();
    }
  }

  private void decided() {
    Runnable task = whenOpen;
    whenOpen = null;
    if (task != null) {
      task.run();
    }
  }

  /** The client was answered: what waited for that goes out. */
  void live() {
    if (gate.open()) {
      drained();
    }
  }

  /** Tells the client something of this room. */
  void push(JsonLine line) {
    if (state == State.OPEN) {
      gate.push(line);
    }
  }

  /** The socket takes more. */
  void drained() {
    if (cursor != null && gate.isOpen()) {
      cursor.drained();
    }
    if (watch != null) {
      watch.ready();
    }
  }

  /** The server ends it, and tells the client. */
  void end(int code, String reason) {
    leave();
    session.write(Pushes.unsubscribe(room, code, reason));
  }

  private void expired() {
    end(Pushes.EXPIRED, "subscription expired");
  }

  private void lost() {
    if (!announced) {
      answer.refused(ErrorCode.INTERNAL);
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
    if (attendance != null) {
      attendance.leave();
    }
    if (watch != null) {
      watch.close();
    }
    decided();
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
