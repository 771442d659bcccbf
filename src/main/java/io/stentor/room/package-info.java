/**
 * Rooms. The path of a message from its publisher through the log and the event bus to every
 * cursor:
 *
 * <pre>
 * Publisher -> History (offsets) -> Ack
 *           -> RoomBus (event bus, every node that has the room)
 * RoomBus -> Feed -> ReorderBuffer (order of the log) -> Feed (Encoded once per Format)
 *         -> Tail (per room, loop and format) -> Connection
 * Rooms.join -> Room -> Cursor in a Tail, after a CatchUp from an older position
 * </pre>
 */
@NullMarked
package io.stentor.room;

import org.jspecify.annotations.NullMarked;
