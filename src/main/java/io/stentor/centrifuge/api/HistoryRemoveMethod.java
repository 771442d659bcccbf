package io.stentor.centrifuge.api;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.cluster.ClusterCall;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.room.Rooms;
import io.vertx.core.Future;

/**
 * {@code history_remove}: removes all messages of a room from its log and from the cache of each
 * node. The position of the log stays. Any thread.
 */
final class HistoryRemoveMethod {

  private static final String FORGET = "forget";

  private final Rooms rooms;
  private final ClusterCall nodes;

  HistoryRemoveMethod(Rooms rooms, ClusterCall nodes) {
    this.rooms = rooms;
    this.nodes = nodes;
    nodes.answer(FORGET, this::forget);
  }

  Future<JsonWriter> call(JsonFields request) {
    RoomName room = RequestFields.room(request);
    if (rooms.options(room).history().messages() == 0) {
      throw new CommandError(ErrorCode.NOT_AVAILABLE);
    }
    return rooms
        .removeAll(room)
        .compose(
            page -> nodes.ask(FORGET, new Position(page.epoch(), page.top()) + " " + room.value()))
        .map(done -> new JsonWriter().open().close());
  }

  private Future<String> forget(String positionAndRoom) {
    int space = positionAndRoom.indexOf(' ');
    Position upTo = Position.parse(positionAndRoom.substring(0, space));
    return rooms.forget(new RoomName(positionAndRoom.substring(space + 1)), upTo).map(done -> "");
  }
}
