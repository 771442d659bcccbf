package io.stentor.centrifuge;

import io.stentor.json.JsonWriter;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.RoomName;

/** Pushes other than publications, without the wrapper that {@link PushFormat} adds. */
final class Pushes {

  /** The client's position in the log is lost: it resubscribes at once. */
  static final int INSUFFICIENT_STATE = 2500;

  /** The subscription has expired: the client resubscribes with a new token. */
  static final int EXPIRED = 2501;

  /** The server has ended the subscription: the client does not resubscribe. */
  static final int SERVER_UNSUBSCRIBE = 2000;

  private Pushes() {}

  /**
   * Reports that the server has ended a subscription. Clients do not resubscribe after codes below
   * 2500.
   */
  static JsonWriter unsubscribe(RoomName room, int code, String reason) {
    return closed(startPush(room).name("unsubscribe").open(), code, reason);
  }

  /** Reports that the server is closing the connection. */
  static JsonWriter disconnect(CloseReason reason) {
    JsonWriter line = new JsonWriter().open().name("disconnect").open();
    return closed(line, reason.code(), reason.reason());
  }

  private static JsonWriter closed(JsonWriter line, int code, String reason) {
    return line.name("code").integer(code).text("reason", reason).close().close();
  }

  /**
   * Reports that the server has subscribed the client to a room.
   *
   * @param result the subscription result
   */
  static JsonWriter subscribe(RoomName room, JsonWriter result) {
    return startPush(room).name("subscribe").raw(result).close();
  }

  /** Reports a new expiry of the connection, for unidirectional clients. */
  static JsonWriter refresh(Expiry expiry) {
    JsonWriter line = new JsonWriter().open().name("refresh").open();
    expiry.write(line);
    return line.close().close();
  }

  static JsonWriter join(RoomName room, Member member) {
    return of(room, "join", member);
  }

  static JsonWriter leave(RoomName room, Member member) {
    return of(room, "leave", member);
  }

  private static JsonWriter of(RoomName room, String kind, Member member) {
    JsonWriter line = startPush(room).name(kind).open().name("info");
    PublicationJson.info(member, line.value());
    return line.close().close();
  }

  private static JsonWriter startPush(RoomName room) {
    return new JsonWriter().open().name("channel").string(room.value());
  }
}
