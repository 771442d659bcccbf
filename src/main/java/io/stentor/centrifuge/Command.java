package io.stentor.centrifuge;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.Disconnect;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.identity.Verified;
import io.stentor.json.Fields;
import io.stentor.message.RoomName;

/** A command of a client. Each one reads its own fields and applies itself. */
interface Command {

  /**
   * Applies the command on the event loop of the session. Completes or fails the reply once, now or
   * later.
   *
   * @throws CommandError to reply with an error
   * @throws Disconnect to close the connection
   */
  void apply(Session session, ReplyHandle reply);

  /**
   * Reads the required field {@code channel}.
   *
   * @throws Disconnect if it is missing
   */
  static String channel(Fields fields) {
    String channel = fields.text("channel");
    if (channel.isEmpty()) {
      throw Disconnect.badRequest("channel is missing");
    }
    return channel;
  }

  /**
   * Returns the room of a channel.
   *
   * @throws CommandError if this is no valid name
   */
  static RoomName room(String channel) {
    try {
      return new RoomName(channel);
    } catch (IllegalArgumentException e) {
      throw new CommandError(ErrorCode.BAD_REQUEST, e.getMessage());
    }
  }

  /**
   * Returns the claims of a valid token.
   *
   * @param expired the error for an expired token
   * @throws Disconnect if the token is invalid
   */
  static <C> C claims(Verified<C> verified, ErrorCode expired) {
    if (verified instanceof Verified.Valid<C> valid) {
      return valid.claims();
    }
    if (verified instanceof Verified.Expired) {
      throw new CommandError(expired);
    }
    throw new Disconnect(Disconnect.INVALID_TOKEN);
  }
}
