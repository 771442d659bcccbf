package io.stentor.centrifuge;

import io.stentor.centrifuge.CommandError.Disconnect;
import io.stentor.json.JsonWriter;
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

  /**
   * Sends the result.
   *
   * @param result a complete object, which may be empty
   */
  void complete(JsonWriter result) {
    replied = true;
    write(writer, result);
  }

  /** Sends an empty result. */
  void complete() {
    complete(new JsonWriter().open().close());
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

  abstract void write(ClientWriter writer, JsonWriter result);

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
    void write(ClientWriter writer, JsonWriter result) {
      writer.write(object().name(name).raw(result).close());
    }

    @Override
    void write(ClientWriter writer, CommandError error) {
      writer.write(object().name("error").raw(error.json()).close());
    }

    private JsonWriter object() {
      return new JsonWriter().open().name("id").integer(id);
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
    void write(ClientWriter writer, JsonWriter result) {
      writer.push(new JsonWriter().open().name("connect").raw(result).close());
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
