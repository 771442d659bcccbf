package io.stentor.centrifuge;

import io.stentor.json.JsonWriter;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.RoomName;

/** Pushes other than publications, bare: {@link PushFormat} puts around them what belongs there. */
final class Pushes {

  /** The log does not go on for the client: it subscribes again at once. */
  static final int INSUFFICIENT_STATE = 2500;

  /** The subscription's time is over: the client subscribes again with a new token. */
  static final int EXPIRED = 2501;

  /** A server has ended a subscription: the client stays away. */
  static final int SERVER_UNSUBSCRIBE = 2000;

  private Pushes() {}

  /** The server has ended a subscription; below 2500 the client stays away. */
  static JsonWriter unsubscribe(RoomName room, int code, String reason) {
    return closed(begun(room).name("unsubscribe").open(), code, reason);
  }

  /** The server ends the connection. */
  static JsonWriter disconnect(CloseReason reason) {
    JsonWriter line = new JsonWriter().open().name("disconnect").open();
    return closed(line, reason.code(), reason.reason());
  }

  private static JsonWriter closed(JsonWriter line, int code, String reason) {
    return line.name("code").integer(code).text("reason", reason).close().close();
  }

  /**
   * The server has put the client into a room.
   *
   * @param result of the subscription
   */
  static JsonWriter subscribe(RoomName room, JsonWriter result) {
    return begun(room).name("subscribe").raw(result).close();
  }

  /** A server has changed how long the connection lasts; for clients that cannot ask. */
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
    JsonWriter line = begun(room).name(kind).open().name("info");
    PublicationJson.info(member, line.value());
    return line.close().close();
  }

  private static JsonWriter begun(RoomName room) {
    return new JsonWriter().open().name("channel").string(room.value());
  }
}
