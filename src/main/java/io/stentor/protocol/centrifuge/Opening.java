package io.stentor.protocol.centrifuge;

import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.room.Notice;
import io.stentor.room.Start;
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
  private Consumer<JsonLine> told = result -> {};
  private @Nullable Page missed;
  private @Nullable Runnable whenDecided;
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
   * @throws Refusal where the client wants nothing but what cannot be had
   */
  void begin(Terms granted, Consumer<JsonLine> result) {
    told = result;
    if (wanted.recover() && granted.recovery()) {
      session.await(
          answer,
          Recovery.read(session.site().rooms(), subscription.room(), wanted, share(granted)),
          this::enterBehind);
    } else if (wanted.recover() && wanted.onlyRecovered()) {
      throw new Refusal(ErrorCode.UNRECOVERABLE_POSITION);
    } else {
      subscription.enter(new Start.Live());
    }
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
    if (wanted.onlyRecovered() && wanted.recover() && !recovered) {
      answer.refused(ErrorCode.UNRECOVERABLE_POSITION);
      return;
    }
    Page recovery = recovered ? missed : null;
    boolean timed = session.lines().format().timed();
    JsonLine result =
        SubscribeResult.of(
            granted, wanted, subscription.expiry(), notice.position(), recovery, timed);
    missed = null;
    boolean watches = granted.tellJoinLeave() || (wanted.joinLeave() && granted.joinLeave());
    subscription.entered(granted, watches, () -> tell(granted, result));
  }

  /** Tells the client, unless it is gone. */
  private void tell(Terms granted, JsonLine result) {
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

  /** It came to nothing, by no fault of the client. */
  void fail() {
    answer.refused(ErrorCode.INTERNAL);
  }

  /** Runs a task when it is known what came of this. */
  void whenDecided(Runnable task) {
    if (subscription.isGone() || over) {
      task.run();
    } else {
      whenDecided = task;
    }
  }

  /** It is known. */
  void decided() {
    Runnable task = whenDecided;
    whenDecided = null;
    if (task != null) {
      task.run();
    }
  }
}
