package io.stentor.protocol.centrifuge;

import io.stentor.message.Member;
import io.stentor.message.RoomName;

/** Pushes other than publications. */
final class Pushes {

  /** The log does not go on for the client: it subscribes again at once. */
  static final int INSUFFICIENT_STATE = 2500;

  /** The subscription's time is over: the client subscribes again with a new token. */
  static final int EXPIRED = 2501;

  /** A server has ended a subscription: the client stays away. */
  static final int SERVER_UNSUBSCRIBE = 2000;

  private Pushes() {}

  /** The server has ended a subscription; below 2500 the client stays away. */
  static JsonLine unsubscribe(RoomName room, int code, String reason) {
    JsonLine line = begun(room).name("unsubscribe").open().name("code").integer(code);
    return line.text("reason", reason).close().close().close();
  }

  /**
   * The server has put the client into a room.
   *
   * @param result of the subscription
   */
  static JsonLine subscribe(RoomName room, JsonLine result) {
    return begun(room).name("subscribe").raw(result).close().close();
  }

  static JsonLine join(RoomName room, Member member) {
    return of(room, "join", member);
  }

  static JsonLine leave(RoomName room, Member member) {
    return of(room, "leave", member);
  }

  private static JsonLine of(RoomName room, String kind, Member member) {
    return begun(room).name(kind).open().name("info").member(member).close().close().close();
  }

  private static JsonLine begun(RoomName room) {
    return new JsonLine().open().name("push").open().name("channel").string(room.value());
  }
}
