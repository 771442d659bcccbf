package io.stentor.centrifuge;

import io.stentor.history.Page;
import io.stentor.json.JsonWriter;
import io.stentor.message.Position;
import io.stentor.room.Notice;
import io.stentor.room.RoomLimitReached;
import io.stentor.room.Rooms;
import io.stentor.room.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a subscription begins: what the client missed is read, the room is entered, and the client is
 * told when it is known what came of it. One event loop.
 */
final class Opening {

  /** What is recovered with the answer to connect, in all rooms of it. */
  private static final int MAX_CONNECT_BYTES = 256 * 1024;

  private final Session session;
  private final Subscription subscription;
  private final Wanted wanted;
  private final Answer answer;
  private Consumer<JsonWriter> told = result -> {};
  private @Nullable Page missed;
  private final List<Runnable> whenDecided = new ArrayList<>(0);
  private boolean over;

  /**
   * The beginning of a subscription that is not decided.
   *
   * @param answer of the command that it is a part of, for what is refused
   */
  Opening(Session session, Subscription subscription, Wanted wanted, Answer answer) {
    this.session = session;
    this.subscription = subscription;
    this.wanted = wanted;
    this.answer = answer;
  }

  /**
   * Enters the room, behind what the client missed where it wants that.
   *
   * @param result is given the result as the client is to be told it
   */
  void begin(Terms granted, Consumer<JsonWriter> result) {
    told = result;
    if (wanted.recover() && granted.recovery()) {
      recover(share(granted));
    } else {
      subscription.enter(new Start.Live());
    }
  }

  /** Reads nothing for a room that could not be entered. */
  private void recover(int maxBytes) {
    Rooms rooms = session.site().rooms();
    try {
      rooms.requirePlace(subscription.room());
    } catch (RoomLimitReached e) {
      throw Refusal.of(e);
    }
    session.await(
        answer, Recovery.read(rooms, subscription.room(), wanted, maxBytes), this::enterBehind);
  }

  /** Enters the room at a place that the server gives. */
  void beginAt(Start start, Consumer<JsonWriter> result) {
    told = result;
    subscription.enter(start);
  }

  /** What goes into one answer is for all rooms in it. */
  private int share(Terms granted) {
    return granted.byServer()
        ? Math.min(Recovery.MAX_BYTES, MAX_CONNECT_BYTES / session.subscriptions().size())
        : Recovery.MAX_BYTES;
  }

  private void enterBehind(Recovery recovery) {
    Page page = recovery.page();
    missed = page;
    if (page != null) {
      subscription.enter(new Start.Since(new Position(page.epoch(), page.last())));
    } else if (wanted.onlyRecovered()) {
      throw new Refusal(ErrorCode.UNRECOVERABLE_POSITION);
    } else {
      subscription.enter(new Start.Live());
    }
  }

  /** The room has told where the client is, before it writes anything. */
  void placed(Terms granted, Notice notice) {
    boolean recovered = notice.kind() == Notice.Kind.RECOVERED;
    if (granted.recovery() && wanted.onlyRecovered() && wanted.recover() && !recovered) {
      answer.refused(ErrorCode.UNRECOVERABLE_POSITION);
      return;
    }
    Page recovery = recovered ? missed : null;
    boolean timed = session.lines().format().timed();
    JsonWriter result =
        SubscribeResult.of(
            granted, wanted, subscription.expiry(), notice.position(), recovery, timed);
    missed = null;
    boolean watches = granted.tellJoinLeave() || (wanted.joinLeave() && granted.joinLeave());
    subscription.entered(granted, watches, () -> tell(granted, result));
  }

  /** Tells the client, unless it is gone. */
  private void tell(Terms granted, JsonWriter result) {
    if (subscription.isOpen() && !over) {
      over = true;
      told.accept(result);
      if (!granted.byServer()) {
        subscription.live();
      }
      decided();
    }
  }

  /** Whether the client was told. */
  boolean isOver() {
    return over;
  }

  /** It came to nothing; the client is told why. */
  void refused(Refusal refusal) {
    answer.refused(refusal);
  }

  /** It came to nothing, by no fault of the client. */
  void fail() {
    answer.refused(ErrorCode.INTERNAL);
  }

  /** Whether somebody waits until it is known what came of this. */
  boolean isAwaited() {
    return !whenDecided.isEmpty();
  }

  /** Runs a task when it is known what came of this. */
  void whenDecided(Runnable task) {
    if (subscription.isGone() || over) {
      task.run();
    } else {
      whenDecided.add(task);
    }
  }

  /** It is known. */
  void decided() {
    List<Runnable> tasks = List.copyOf(whenDecided);
    whenDecided.clear();
    tasks.forEach(Runnable::run);
  }
}
