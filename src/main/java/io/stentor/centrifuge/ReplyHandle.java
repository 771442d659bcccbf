package io.stentor.centrifuge;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.Disconnect;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.message.CloseReason;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reply to one command. Must be completed or failed once, on the event loop of the session;
 * later errors are ignored.
 */
abstract class ReplyHandle {

  private static final Logger LOG = LoggerFactory.getLogger(ReplyHandle.class);

  private final ClientWriter writer;
  private Runnable whenFailed = () -> {};
  private boolean replied;

  ReplyHandle(ClientWriter writer) {
    this.writer = writer;
  }

  /**
   * Runs a part of the command. Errors become the reply; a {@link Disconnect} closes the session.
   */
  void run(Runnable part) {
    try {
      part.run();
    } catch (CommandError e) {
      fail(e);
    } catch (Disconnect e) {
      writer.close(e.reason());
    } catch (RuntimeException e) {
      LOG.error("{} failed", this, e);
      writer.close(CloseReason.INTERNAL);
    }
  }

  /** Sends the result. */
  void complete(Content result) {
    replied = true;
    write(writer, result);
  }

  /** Sends an empty result. */
  void complete() {
    complete(Content.EMPTY);
  }

  /** Sets a task that cleans up before an error is sent. */
  void whenFailed(Runnable task) {
    whenFailed = task;
  }

  /** Sends an error, unless a reply was sent. */
  void fail(CommandError error) {
    if (!replied) {
      replied = true;
      whenFailed.run();
      write(writer, error);
    }
  }

  abstract void write(ClientWriter writer, Content result);

  abstract void write(ClientWriter writer, CommandError error);

  /** A reply with the id of its command. */
  static final class Numbered extends ReplyHandle {
    private final long id;
    private final String name;

    Numbered(ClientWriter writer, long id, String name) {
      super(writer);
      this.id = id;
      this.name = name;
    }

    @Override
    void write(ClientWriter writer, Content result) {
      writer.reply(out -> out.integer("id", id).object(name, result));
    }

    @Override
    void write(ClientWriter writer, CommandError error) {
      writer.reply(out -> out.integer("id", id).object("error", error.content()));
    }

    @Override
    public String toString() {
      return name + " " + id;
    }
  }

  /** The reply to {@code connect} of a unidirectional client: a push, or a close. */
  static final class ConnectPush extends ReplyHandle {

    ConnectPush(ClientWriter writer) {
      super(writer);
    }

    @Override
    void write(ClientWriter writer, Content result) {
      writer.push(out -> out.object("connect", result));
    }

    @Override
    void write(ClientWriter writer, CommandError error) {
      writer.close(
          switch (error.code()) {
            case TOKEN_EXPIRED, EXPIRED -> CloseReason.EXPIRED;
            case UNRECOVERABLE_POSITION -> CloseReason.INSUFFICIENT_STATE;
            case LIMIT_EXCEEDED ->
                Objects.requireNonNullElse(error.closeReason(), Disconnect.CHANNEL_LIMIT);
            case INTERNAL -> CloseReason.INTERNAL;
            default -> error.code().temporary() ? CloseReason.INTERNAL : badRequest(error);
          });
    }

    private static CloseReason badRequest(CommandError error) {
      return CloseReason.fits(error.message())
          ? new CloseReason(Disconnect.BAD_REQUEST, error.message())
          : Disconnect.badRequest().reason();
    }

    @Override
    public String toString() {
      return "connect";
    }
  }
}
