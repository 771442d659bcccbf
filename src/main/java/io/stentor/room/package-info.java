/**
 * Rooms: the way of a message from a publisher through the log and the event bus to every cursor.
 * Read {@link io.stentor.room.Rooms} first.
 */
@NullMarked
package io.stentor.room;

import org.jspecify.annotations.NullMarked;
