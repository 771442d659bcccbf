package io.stentor.room;

import io.stentor.config.RoomOptions;
import io.stentor.history.History;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a feed asks the log of its room: one question at a time, and again where there was no
 * answer. Belongs to the room's home loop.
 */
final class GapReader {

  private static final long RETRY_MILLIS = 250;

  /** Of so many attempts in a row that fail, one is written as a warning: about 10 s. */
  private static final int WARN_FAILURES = 40;

  private static final int PAGE_BYTES = 512 * 1024;
  private static final Logger LOG = LoggerFactory.getLogger(GapReader.class);

  /** Whoever asks. */
  interface Asker {
    /**
     * The log has answered.
     *
     * @param asked the position that was asked about; the bus may be ahead of it by now
     */
    void answered(Position asked, Page page);

    /** The log could not be read a while ago, and nothing was asked since. */
    void askAgain();
  }

  private final RoomName room;
  private final Loop home;
  private final History history;
  private final Asker asker;
  private int failures;
  private boolean reading;
  private boolean ended;

  GapReader(RoomName room, Loop home, History history, Asker asker) {
    this.room = room;
    this.home = home;
    this.history = history;
    this.asker = asker;
  }

  /** Whether there is a question under way. */
  boolean isReading() {
    return reading;
  }

  /**
   * Asks what follows the position; nothing may be under way.
   *
   * @param begins whether a log that does not exist is begun
   */
  void read(Position after, int maxMessages, RoomOptions.History limits, boolean begins) {
    reading = true;
    Future<Page> asked =
        begins
            ? history.readOrBegin(room, after, maxMessages, PAGE_BYTES, limits)
            : history.read(room, after, maxMessages, PAGE_BYTES, limits);
    asked.onComplete((page, failure) -> home.run(() -> answered(after, page, failure)));
  }

  private void answered(Position after, @Nullable Page page, @Nullable Throwable failure) {
    reading = false;
    if (ended) {
      return;
    }
    if (page != null) {
      failures = 0;
      asker.answered(after, page);
    } else {
      failed(String.valueOf(failure));
      home.after(RETRY_MILLIS, this::retry);
    }
  }

  /** Right after a node came or went logs cannot be read for a moment: that is no warning. */
  private void failed(String why) {
    failures++;
    if (failures % WARN_FAILURES == 0) {
      LOG.warn("room {}: history cannot be read since {} attempts: {}", room, failures, why);
    } else {
      LOG.debug("room {}: history cannot be read, trying again: {}", room, why);
    }
  }

  private void retry() {
    if (!reading && !ended) {
      asker.askAgain();
    }
  }

  /** Answers nothing more. */
  void end() {
    ended = true;
  }
}
