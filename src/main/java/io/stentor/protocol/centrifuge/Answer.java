package io.stentor.protocol.centrifuge;

import io.stentor.message.CloseReason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way back from a command. One of its methods is called, once, on the event loop. */
final class Answer {

  private static final Logger LOG = LoggerFactory.getLogger(Answer.class);

  private final Session session;
  private final long id;
  private final String name;
  private Runnable whenRefused = () -> {};
  private boolean given;

  Answer(Session session, long id, String name) {
    this.session = session;
    this.id = id;
    this.name = name;
  }

  /** Runs a part of the command; what it refuses is answered so. */
  void run(Runnable part) {
    try {
      part.run();
    } catch (Refusal e) {
      refused(e);
    } catch (Disconnect e) {
      session.close(e.reason());
    } catch (RuntimeException e) {
      LOG.error("{} failed", this, e);
      session.close(CloseReason.INTERNAL);
    }
  }

  /**
   * It was done.
   *
   * @param result a whole object, which is there even when it is empty
   */
  void done(JsonLine result) {
    given = true;
    session.write(begun().name(name).raw(result).close());
  }

  /** What else is to be done when it is refused. */
  void whenRefused(Runnable task) {
    whenRefused = task;
  }

  /** It was done, and there is nothing to say. */
  void done() {
    done(new JsonLine().open().close());
  }

  void refused(ErrorCode code) {
    refused(new Refusal(code));
  }

  /** It was not done. Once more changes nothing. */
  void refused(Refusal refusal) {
    if (given) {
      return;
    }
    given = true;
    whenRefused.run();
    ErrorCode code = refusal.code();
    JsonLine line = begun().name("error").open().name("code").integer(code.code());
    line.text("message", refusal.message()).flag("temporary", code.temporary());
    session.write(line.close().close());
  }

  @Override
  public String toString() {
    return name + " " + id;
  }

  private JsonLine begun() {
    return new JsonLine().open().name("id").integer(id);
  }
}
