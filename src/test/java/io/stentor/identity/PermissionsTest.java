package io.stentor.identity;

import static io.stentor.identity.Permissions.Action.PUBLISH;
import static io.stentor.identity.Permissions.Action.SUBSCRIBE;
import static io.stentor.identity.Permissions.Verdict.ALLOWED;
import static io.stentor.identity.Permissions.Verdict.FORBIDDEN;
import static io.stentor.identity.Permissions.Verdict.UNAUTHORIZED;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.History;
import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.config.RoomOptions.Transform;
import io.stentor.config.RoomOptions.Who;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermissionsTest {
  private static RoomOptions room(Who publish, Who subscribe) {
    return new RoomOptions(
        new History(1, 10, 1),
        Transform.NONE,
        SlowConsumer.SKIP,
        10,
        10,
        0,
        10,
        true,
        publish,
        subscribe);
  }

  @ParameterizedTest
  @CsvSource({
    "ANYONE, ALLOWED, ALLOWED, ALLOWED",
    "AUTHENTICATED, UNAUTHORIZED, ALLOWED, ALLOWED",
    "SERVER, UNAUTHORIZED, FORBIDDEN, ALLOWED"
  })
  void each_rule_knows_whom_it_lets_in(
      Who who,
      Permissions.Verdict anonymous,
      Permissions.Verdict user,
      Permissions.Verdict server) {
    RoomOptions room = room(who, Who.ANYONE);
    assertThat(Permissions.verdict(Identity.ANONYMOUS, room, PUBLISH)).isEqualTo(anonymous);
    assertThat(Permissions.verdict(new Identity.User("ann"), room, PUBLISH)).isEqualTo(user);
    assertThat(Permissions.verdict(new Identity.Server("prices"), room, PUBLISH)).isEqualTo(server);
  }

  @Test
  void publishing_and_listening_have_rules_of_their_own() {
    RoomOptions quotes = room(Who.SERVER, Who.ANYONE);
    assertThat(Permissions.verdict(Identity.ANONYMOUS, quotes, SUBSCRIBE)).isEqualTo(ALLOWED);
    assertThat(Permissions.verdict(Identity.ANONYMOUS, quotes, PUBLISH)).isEqualTo(UNAUTHORIZED);
    RoomOptions reports = room(Who.ANYONE, Who.SERVER);
    assertThat(Permissions.verdict(Identity.ANONYMOUS, reports, PUBLISH)).isEqualTo(ALLOWED);
    assertThat(Permissions.verdict(new Identity.User("ann"), reports, SUBSCRIBE))
        .isEqualTo(FORBIDDEN);
  }
}
