package io.stentor.centrifuge;

import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.stentor.identity.Verified;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.message.CloseReason;

/**
 * {@code refresh}: a new token, so that the connection may last longer.
 *
 * @param token of the same user
 */
record RefreshCommand(String token) implements Command {

  static RefreshCommand of(JsonFields fields) {
    return new RefreshCommand(fields.text("token"));
  }

  @Override
  public void apply(Session session, Answer answer) {
    if (token.isEmpty()) {
      throw Disconnect.badRequest("a token is missing");
    }
    session.await(
        answer,
        session.site().access().connection(token),
        verified -> {
          if (verified instanceof Verified.Expired) {
            throw new Disconnect(CloseReason.EXPIRED);
          }
          ConnectionClaims claims = valid(verified, ErrorCode.TOKEN_EXPIRED);
          Client client = session.client();
          if (!claims.user().equals(client.identity().user())) {
            throw new Disconnect(Disconnect.INVALID_TOKEN);
          }
          client.refreshed(claims);
          JsonWriter line = new JsonWriter().open().text("client", client.id());
          client.expiry().tell(line);
          answer.done(line.close());
        });
  }

  /**
   * What a token for the connection says.
   *
   * @param expired the error for one that has expired; one that is not to be believed ends the
   *     connection
   */
  static <C> C valid(Verified<C> verified, ErrorCode expired) {
    if (verified instanceof Verified.Valid<C> valid) {
      return valid.claims();
    }
    if (verified instanceof Verified.Expired) {
      throw new Refusal(expired);
    }
    throw new Disconnect(Disconnect.INVALID_TOKEN);
  }
}
