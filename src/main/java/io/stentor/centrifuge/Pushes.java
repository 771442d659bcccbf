package io.stentor.centrifuge;

import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.message.Member;
import io.stentor.message.RoomName;

/** The contents of pushes. Any thread. */
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
  static Content unsubscribe(RoomName room, int code, String reason) {
    return of(room, "unsubscribe", end -> end.integer("code", code).text("reason", reason));
  }

  /** Reports that the server has subscribed the client to a room. */
  static Content subscribe(RoomName room, Content result) {
    return of(room, "subscribe", result);
  }

  /** Reports a new expiry of the connection, for unidirectional clients. */
  static Content refresh(Expiry expiry) {
    return out -> out.object("refresh", expiry::write);
  }

  static Content join(RoomName room, Member member) {
    return of(room, "join", join -> join.member("info", member));
  }

  static Content leave(RoomName room, Member member) {
    return of(room, "leave", leave -> leave.member("info", member));
  }

  private static Content of(RoomName room, String kind, Content content) {
    return out -> out.text("channel", room.value()).object(kind, content);
  }
}
