package io.stentor.history;

import io.stentor.config.RoomOptions.Durability;
import io.stentor.history.Appended.Answer;
import io.stentor.history.LogEntries.Entry;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What brings a copy of a log up to date: everything after the end of the copy. Copies are kept by
 * another node, and by the {@linkplain LogJournal journals} of both nodes.
 *
 * @param side the side of a split cluster that the log belongs to
 * @param generation of the agreement of the nodes under which the log was last used
 * @param acknowledged the offset up to which every publication was certainly replicated
 * @param durability what the room asks for
 * @param oldest offset of the log's oldest entry
 * @param first offset of the first of {@code entries}, which extend to the end of the log
 * @param answers results that the copy has to remember
 * @param lastVersion the newest version among the publications
 * @param millis the time, by the clock of the node with the log
 * @param keepSeconds how long the copy is kept after its last use
 */
public record LogStep(
    Branch branch,
    long side,
    long generation,
    long acknowledged,
    Durability durability,
    long oldest,
    long first,
    List<Entry> entries,
    Map<Long, Answer> answers,
    @Nullable LastVersion lastVersion,
    long millis,
    int keepSeconds) {

  /** Returns this step without what precedes its first entry. */
  LogStep alone() {
    return new LogStep(
        branch,
        side,
        generation,
        acknowledged,
        durability,
        first,
        first,
        entries,
        answers,
        lastVersion,
        millis,
        keepSeconds);
  }
}
