package io.stentor.room;

import io.stentor.message.RoomName;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.Map;

/**
 * One event loop and what belongs to it alone: the rooms of its connections, and the feeds of the
 * rooms whose home it is. Its maps are touched on its thread only, so nothing here is locked.
 */
class Loop extends LoopExecutor {

  final Map<RoomName, Room> rooms = new HashMap<>();
  final Map<RoomName, Feed> feeds = new HashMap<>();

  /** Cursors of all these rooms. */
  int cursors;

  /** How many feeds had somebody to serve when they were last looked after. Any thread reads. */
  volatile int feedsInUse;

  Loop(ContextInternal context) {
    super(context);
  }

  /** The rooms whose home this is, and the cursors of this loop. */
  Load load() {
    return new Load(feeds.size(), cursors);
  }
}
