package io.stentor.centrifuge.api;

import io.stentor.centrifuge.CommandError;
import io.stentor.centrifuge.ErrorCode;
import io.stentor.cluster.ClusterCall;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.room.Rooms;
import io.vertx.core.Future;

/**
 * {@code history_remove}: what was said in a room can be read no more, in the log and in what each
 * node has at hand. The log's place stays. Any thread.
 */
final class Removal {

  private static final String FORGET = "forget";

  private final Rooms rooms;
  private final ClusterCall nodes;

  Removal(Rooms rooms, ClusterCall nodes) {
    this.rooms = rooms;
    this.nodes = nodes;
    nodes.answer(FORGET, this::forget);
  }

  Future<JsonWriter> call(JsonFields request) {
    RoomName room = Requests.room(request);
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
