package io.stentor.centrifuge;

import io.stentor.json.JsonWriter;
import io.stentor.message.CloseReason;

/**
 * The answer to who connects where there are no replies: a push that says so, or the end of the
 * connection.
 */
final class Welcome extends Answer {

  Welcome(Session session) {
    super(session);
  }

  @Override
  void tell(Session session, JsonWriter result) {
    session.push(new JsonWriter().open().name("connect").raw(result).close());
  }

  @Override
  void tell(Session session, Refusal refusal) {
    session.close(
        switch (refusal.code()) {
          case TOKEN_EXPIRED, EXPIRED -> CloseReason.EXPIRED;
          case UNRECOVERABLE_POSITION -> CloseReason.INSUFFICIENT_STATE;
          case LIMIT_EXCEEDED ->
              refusal.temporary() ? CloseReason.TOO_MANY_ROOMS : Disconnect.CHANNEL_LIMIT;
          case INTERNAL -> CloseReason.INTERNAL;
          default -> refusal.code().temporary() ? CloseReason.INTERNAL : badRequest(refusal);
        });
  }

  private static CloseReason badRequest(Refusal refusal) {
    return CloseReason.fits(refusal.message())
        ? new CloseReason(Disconnect.BAD_REQUEST, refusal.message())
        : Disconnect.badRequest().reason();
  }

  @Override
  public String toString() {
    return "connect";
  }
}
