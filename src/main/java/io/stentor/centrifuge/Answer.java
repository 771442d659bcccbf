package io.stentor.centrifuge;

import io.stentor.json.JsonWriter;
import io.stentor.message.CloseReason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way back from a command. One of its methods is called, once, on the event loop. */
abstract class Answer {

  private static final Logger LOG = LoggerFactory.getLogger(Answer.class);

  private final Session session;
  private Runnable whenRefused = () -> {};
  private boolean given;

  Answer(Session session) {
    this.session = session;
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
  void done(JsonWriter result) {
    given = true;
    tell(session, result);
  }

  /** What else is to be done when it is refused. */
  void whenRefused(Runnable task) {
    whenRefused = task;
  }

  /** It was done, and there is nothing to say. */
  void done() {
    done(new JsonWriter().open().close());
  }

  void refused(ErrorCode code) {
    refused(new Refusal(code));
  }

  /** It was not done. Once more changes nothing. */
  void refused(Refusal refusal) {
    if (!given) {
      given = true;
      whenRefused.run();
      tell(session, refusal);
    }
  }

  /** Tells the client the result. */
  abstract void tell(Session session, JsonWriter result);

  /** Tells the client why it was not done. */
  abstract void tell(Session session, Refusal refusal);
}
