package io.stentor.centrifuge;

import io.stentor.json.InvalidJson;
import io.stentor.message.CloseReason;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands of one session, one after the other, and no more at once than may be. One loop. */
final class Intake {

  /*
   * Commands begin in the order in which they came. Until connect is decided, and while a lot is
   * under way for this client, the next ones wait in `waiting` and the transport does not read, so
   * a client is slowed by TCP.
   */

  /** More than this is not kept for a client that sends on although it is not read. */
  private static final int MAX_WAITING_BYTES = 1024 * 1024;

  /** Questions to the log and to presence that are under way at once. */
  private static final int MAX_UNDER_WAY = 32;

  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  private final Session session;
  private final CommandQueue waiting = new CommandQueue();
  private int underWay;
  private boolean applying;
  private boolean slowed;
  private boolean reading = true;

  Intake(Session session) {
    this.session = session;
  }

  /** Takes what came in one message: lines with a command each. */
  void received(byte[] message) {
    if ((session.speaks() ? waiting.add(message) : waiting.addWhole(message)) == 0) {
      session.close(Disconnect.badRequest("a message without a command").reason());
    } else if (waiting.bytes() > MAX_WAITING_BYTES) {
      session.close(CloseReason.SLOW);
    } else {
      goOn();
    }
  }

  /** Begins the commands that wait, unless something has to be done before them. */
  void goOn() {
    if (applying) {
      return;
    }
    applying = true;
    byte[] line = isBusy() ? null : waiting.poll();
    while (line != null) {
      apply(line);
      slow(session.outlet().take());
      line = isBusy() ? null : waiting.poll();
    }
    applying = false;
    if (!session.isClosed()) {
      session.outlet().flush();
      read(!isBusy());
    }
  }

  private void apply(byte[] line) {
    boolean speaks = session.speaks();
    try {
      Commands.Numbered next = speaks ? Commands.read(line) : Commands.connect(line);
      session.begin(next.command() instanceof ConnectCommand);
      Answer answer = speaks ? new Reply(session, next.id(), next.name()) : new Welcome(session);
      answer.run(() -> next.command().apply(session, answer));
    } catch (InvalidJson e) {
      session.close(Disconnect.badRequest(String.valueOf(e.getMessage())).reason());
    } catch (Disconnect e) {
      session.close(e.reason());
    }
  }

  private boolean isBusy() {
    return session.isConnecting()
        || slowed
        || underWay >= MAX_UNDER_WAY
        || session.publisher().isFull();
  }

  /** Begins no further command for so long. */
  void slow(long nanos) {
    if (nanos > 0 && !slowed) {
      slowed = true;
      session
          .site()
          .eventLoop()
          .schedule(
              () -> {
                slowed = false;
                session.goOn();
              },
              nanos,
              TimeUnit.NANOSECONDS);
    }
  }

  private void read(boolean on) {
    if (reading != on) {
      reading = on;
      session.outlet().read(on);
    }
  }

  /** Goes on with a command on this event loop when the future is complete. */
  <T> void await(Answer answer, Future<T> future, Consumer<T> then) {
    underWay++;
    future.onComplete(
        (value, failure) -> session.site().onLoop(() -> arrived(answer, value, failure, then)));
  }

  private <T> void arrived(Answer answer, T value, @Nullable Throwable failure, Consumer<T> then) {
    underWay--;
    if (session.isClosed()) {
      return;
    }
    if (failure == null) {
      answer.run(() -> then.accept(value));
    } else {
      LOG.debug("{} cannot be answered: {}", answer, failure.toString());
      answer.refused(Refusal.of(failure));
    }
    session.goOn();
  }

  /** Whether commands are being begun: what they write is flushed behind the last of them. */
  boolean isApplying() {
    return applying;
  }

  /** Whether the transport was asked to read. */
  boolean isReading() {
    return reading;
  }

  /** Nothing more is begun. */
  void close() {
    waiting.clear();
  }
}
