package io.stentor.protocol.centrifuge;

import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Ack;

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

  void publish(RoomName room, Publication publication, Answer answer) {
    int bytes = publication.weight() + OVERHEAD_BYTES;
    unacknowledgedBytes += bytes;
    boolean more =
        session.site().rooms().publish(room, publication, new Acknowledgement(bytes, answer));
    session.slow(session.site().rooms().take(room));
    full |= !more || unacknowledgedBytes > MAX_UNACKNOWLEDGED_BYTES;
  }

  private final class Acknowledgement implements Ack {
    private final int bytes;
    private final Answer answer;

    Acknowledgement(int bytes, Answer answer) {
      this.bytes = bytes;
      this.answer = answer;
    }

    @Override
    public void appended(Position position) {
      decided(answer::done);
    }

    @Override
    public void refused(Throwable reason) {
      decided(() -> answer.refused(ErrorCode.INTERNAL));
    }

    private void decided(Runnable tell) {
      session.onLoop(
          () -> {
            unacknowledgedBytes -= bytes;
            tell.run();
            if (full && unacknowledgedBytes < MAX_UNACKNOWLEDGED_BYTES / 2) {
              full = false;
              session.goOn();
            }
          });
    }
  }
}
