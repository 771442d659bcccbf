/**
 * The logs of the rooms: their publications in order, as far back as each room's configuration
 * keeps them. {@code RoomLog} is one log, {@code LocalHistory} has those of a single node, {@code
 * LogJournal} keeps them on disk; those of a cluster are in {@code io.stentor.history.cluster}.
 */
@NullMarked
package io.stentor.history;

import org.jspecify.annotations.NullMarked;
