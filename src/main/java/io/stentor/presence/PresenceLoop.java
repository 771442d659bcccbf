package io.stentor.presence;

import io.stentor.message.RoomName;
import io.stentor.timer.LoopExecutor;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event loop and the presence of the rooms whose home it is. Its maps are touched on its thread
 * only.
 */
final class PresenceLoop extends LoopExecutor {

  final Map<RoomName, OwnMembers> own = new HashMap<>();
  final Map<RoomName, View> views = new HashMap<>();

  private @Nullable Runnable whenNobody;

  PresenceLoop(ContextInternal context) {
    super(context);
  }

  /** This node's last member in a room has been signed off. */
  void remove(RoomName room, OwnMembers members) {
    own.remove(room, members);
    callIfNobody();
  }

  /** Has this called, once, as soon as this node has no members here that the others know of. */
  void whenNobody(Runnable call) {
    whenNobody = call;
    callIfNobody();
  }

  private void callIfNobody() {
    Runnable call = whenNobody;
    if (call != null && own.isEmpty()) {
      whenNobody = null;
      call.run();
    }
  }
}
