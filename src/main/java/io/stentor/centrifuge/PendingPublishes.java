package io.stentor.centrifuge;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.http.LoopContext;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Ack;
import io.stentor.room.Ack.IdempotencyConflict;
import io.stentor.room.Ack.MessageTooLarge;

/**
 * Publishes for one session, and counts what is not acknowledged yet. Confined to one event loop.
 */
final class PendingPublishes {

  /** Above this, reading pauses until half of it is acknowledged. */
  private static final int MAX_UNACKNOWLEDGED_BYTES = 64 * 1024;

  /** What each publish counts in addition to its size, in bytes. */
  private static final int OVERHEAD_BYTES = 64;

  private final LoopContext loop;
  private final CommandReader reader;
  private final Runnable whenDecided;
  private int unacknowledgedBytes;
  private boolean full;

  /**
   * Creates a counter at zero.
   *
   * @param whenDecided runs after each acknowledgement or refusal
   */
  PendingPublishes(LoopContext loop, CommandReader reader, Runnable whenDecided) {
    this.loop = loop;
    this.reader = reader;
    this.whenDecided = whenDecided;
  }

  /** Returns whether the next command has to wait. */
  boolean isFull() {
    return full;
  }

  /** Returns whether every publish was acknowledged or refused. */
  boolean isSettled() {
    return unacknowledgedBytes == 0;
  }

  void publish(RoomName room, Publication publication, ReplyHandle reply) {
    int bytes = publication.weight() + OVERHEAD_BYTES;
    unacknowledgedBytes += bytes;
    boolean keyed = publication.idempotencyKey() != null;
    Ack ack = new PublishReply(bytes, keyed, reply);
    boolean more = loop.rooms().publisher().publish(room, publication, ack);
    reader.slow(loop.rooms().take(room));
    full |= !more || unacknowledgedBytes > MAX_UNACKNOWLEDGED_BYTES;
  }

  private final class PublishReply implements Ack {
    private final int bytes;
    private final boolean keyed;
    private final ReplyHandle reply;

    /**
     * Creates a handle.
     *
     * @param keyed whether the reply contains the position of the publication
     */
    PublishReply(int bytes, boolean keyed, ReplyHandle reply) {
      this.bytes = bytes;
      this.keyed = keyed;
      this.reply = reply;
    }

    @Override
    public void appended(Position position) {
      decided(keyed ? () -> reply.complete(of(position)) : reply::complete);
    }

    private static Content of(Position position) {
      return out ->
          out.text("epoch", Position.epochText(position.epoch()))
              .number("offset", position.offset());
    }

    @Override
    public void refused(Throwable reason) {
      CommandError error =
          reason instanceof IdempotencyConflict || reason instanceof MessageTooLarge
              ? new CommandError(ErrorCode.BAD_REQUEST, String.valueOf(reason.getMessage()))
              : new CommandError(ErrorCode.INTERNAL);
      decided(() -> reply.fail(error));
    }

    private void decided(Runnable tell) {
      loop.onLoop(
          () -> {
            unacknowledgedBytes -= bytes;
            tell.run();
            if (full && unacknowledgedBytes < MAX_UNACKNOWLEDGED_BYTES / 2) {
              full = false;
              reader.resume();
            }
            whenDecided.run();
          });
    }
  }
}
