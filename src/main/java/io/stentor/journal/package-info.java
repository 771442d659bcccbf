/**
 * The journal: states of keys in append-only files of one data directory, and small state files
 * beside them. Knows nothing of rooms.
 *
 * <p>{@code Journal} queues records and writes them in groups. {@code SegmentWriter} puts a group
 * into the newest file and starts the next file. {@code Recovery} reads all files when the journal
 * opens, and tells torn writes from damage. {@code KeyTable} knows which file is still needed. All
 * of them reach files through {@code Disk}.
 */
@NullMarked
package io.stentor.journal;

import org.jspecify.annotations.NullMarked;
