package io.stentor.centrifuge;

import io.stentor.json.JsonWriter;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Ack;
import io.stentor.room.IdempotencyConflict;
import io.stentor.room.MessageTooLarge;

/** What one session publishes and what of it is not in a log yet. One event loop. */
final class Publisher {

  /** A client with more than this on its way is not read until half of it is acknowledged. */
  private static final int MAX_UNACKNOWLEDGED_BYTES = 64 * 1024;

  /** So that small ones count, too. */
  private static final int OVERHEAD_BYTES = 64;

  private final Session session;
  private int unacknowledgedBytes;
  private boolean full;

  Publisher(Session session) {
    this.session = session;
  }

  /** Whether nothing more should be published until some of it is in a log. */
  boolean isFull() {
    return full;
  }

  /** Whether everything that was published is decided. */
  boolean isSettled() {
    return unacknowledgedBytes == 0;
  }

  void publish(RoomName room, Publication publication, Answer answer) {
    int bytes = publication.weight() + OVERHEAD_BYTES;
    unacknowledgedBytes += bytes;
    boolean keyed = publication.idempotencyKey() != null;
    boolean more =
        session
            .site()
            .rooms()
            .publish(room, publication, new Acknowledgement(bytes, keyed, answer));
    session.slow(session.site().rooms().take(room));
    full |= !more || unacknowledgedBytes > MAX_UNACKNOWLEDGED_BYTES;
  }

  private final class Acknowledgement implements Ack {
    private final int bytes;
    private final boolean keyed;
    private final Answer answer;

    /**
     * @param keyed whether the client is told where the publication is
     */
    Acknowledgement(int bytes, boolean keyed, Answer answer) {
      this.bytes = bytes;
      this.keyed = keyed;
      this.answer = answer;
    }

    @Override
    public void appended(Position position) {
      decided(keyed ? () -> answer.done(told(position)) : answer::done);
    }

    private static JsonWriter told(Position position) {
      JsonWriter line = new JsonWriter().open();
      line.text("epoch", Position.epochText(position.epoch()));
      return line.number("offset", position.offset()).close();
    }

    @Override
    public void refused(Throwable reason) {
      Refusal refusal =
          reason instanceof IdempotencyConflict || reason instanceof MessageTooLarge
              ? new Refusal(ErrorCode.BAD_REQUEST, String.valueOf(reason.getMessage()))
              : new Refusal(ErrorCode.INTERNAL);
      decided(() -> answer.refused(refusal));
    }

    private void decided(Runnable tell) {
      session
          .site()
          .onLoop(
              () -> {
                unacknowledgedBytes -= bytes;
                tell.run();
                if (full && unacknowledgedBytes < MAX_UNACKNOWLEDGED_BYTES / 2) {
                  full = false;
                  session.goOn();
                }
                session.settled();
              });
    }
  }
}
