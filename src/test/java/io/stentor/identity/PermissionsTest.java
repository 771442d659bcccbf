package io.stentor.identity;

import static io.stentor.identity.Grants.Action.HISTORY;
import static io.stentor.identity.Grants.Action.PRESENCE;
import static io.stentor.identity.Grants.Action.PUBLISH;
import static io.stentor.identity.Grants.Action.SUBSCRIBE;
import static io.stentor.identity.Permissions.Verdict.ALLOWED;
import static io.stentor.identity.Permissions.Verdict.FORBIDDEN;
import static io.stentor.identity.Permissions.Verdict.UNAUTHORIZED;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.BuiltInRooms;
import io.stentor.config.Config;
import io.stentor.config.ConfigLoader;
import io.stentor.config.ConfigLoader.Flag;
import io.stentor.config.IdentityOptions.ApiKey;
import io.stentor.config.RoomRules;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Permissions.Verdict;
import io.stentor.message.RoomName;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PermissionsTest {
  private static final RoomName ROOM = new RoomName("team:1");
  private static final Identity ANN = new Identity.User("ann");
  private static final ApiKey KEY = new ApiKey("prices", "a".repeat(64), false);
  private static final ApiKey ADMIN_KEY = new ApiKey("console", "b".repeat(64), true);
  private static final Identity SERVER = new Identity.Server(KEY);
  private static final Identity NAMELESS = new Identity.User("");

  private static Identity granted(Action action, String... patterns) {
    Grants grants = new Grants(Map.of(action, List.of(patterns)));
    return new Identity.User("ann", null, grants, 0);
  }

  private static Permissions permissions(String... options) {
    List<Flag> flags =
        Arrays.stream(options)
            .map(option -> option.split("=", 2))
            .map(pair -> new Flag("--test", pair[0], pair[1]))
            .toList();
    Config config = new ConfigLoader(Path.of("target"), Map.of()).load(List.of(), flags).config();
    Config withKeys = config.withKey(KEY).withKey(ADMIN_KEY);
    return new Permissions(new RoomRules(withKeys), withKeys::identity);
  }

  private static Permissions room(String key, String who) {
    return permissions("roomDefaults." + key + "=" + who);
  }

  @ParameterizedTest
  @CsvSource({
    "anyone, ALLOWED, ALLOWED, ALLOWED, ALLOWED, ALLOWED",
    "authenticated, UNAUTHORIZED, FORBIDDEN, ALLOWED, ALLOWED, ALLOWED",
    "token, UNAUTHORIZED, FORBIDDEN, FORBIDDEN, ALLOWED, ALLOWED",
    "server, UNAUTHORIZED, FORBIDDEN, FORBIDDEN, FORBIDDEN, ALLOWED"
  })
  void each_rule_knows_whom_it_lets_in(
      String who,
      Verdict anonymous,
      Verdict nameless,
      Verdict user,
      Verdict named,
      Verdict server) {
    Map<Action, String> keys =
        Map.of(
            SUBSCRIBE,
            "subscribe",
            PUBLISH,
            "publish",
            HISTORY,
            "readHistory",
            PRESENCE,
            "readPresence");
    keys.forEach(
        (action, key) -> {
          Permissions permissions = room(key, who);
          assertThat(permissions.verdict(Identity.ANONYMOUS, ROOM, action)).isEqualTo(anonymous);
          assertThat(permissions.verdict(NAMELESS, ROOM, action)).isEqualTo(nameless);
          assertThat(permissions.verdict(ANN, ROOM, action)).isEqualTo(user);
          assertThat(permissions.verdict(granted(action, "team:*"), ROOM, action)).isEqualTo(named);
          assertThat(permissions.verdict(SERVER, ROOM, action)).isEqualTo(server);
        });
  }

  @Test
  void each_action_has_a_rule_of_its_own() {
    Permissions permissions =
        permissions("roomDefaults.publish=server", "roomDefaults.readPresence=authenticated");
    assertThat(permissions.verdict(Identity.ANONYMOUS, ROOM, SUBSCRIBE)).isEqualTo(ALLOWED);
    assertThat(permissions.verdict(Identity.ANONYMOUS, ROOM, HISTORY)).isEqualTo(ALLOWED);
    assertThat(permissions.verdict(Identity.ANONYMOUS, ROOM, PUBLISH)).isEqualTo(UNAUTHORIZED);
    assertThat(permissions.verdict(Identity.ANONYMOUS, ROOM, PRESENCE)).isEqualTo(UNAUTHORIZED);
    assertThat(permissions.verdict(ANN, ROOM, PRESENCE)).isEqualTo(ALLOWED);
  }

  @Test
  void who_may_listen_may_read_unless_the_room_says_otherwise() {
    Permissions follows = room("subscribe", "token");
    Identity listener = granted(SUBSCRIBE, "team:1");
    assertThat(follows.verdict(listener, ROOM, HISTORY)).isEqualTo(ALLOWED);
    assertThat(follows.verdict(listener, ROOM, PRESENCE)).isEqualTo(ALLOWED);
    assertThat(follows.verdict(ANN, ROOM, HISTORY)).isEqualTo(FORBIDDEN);
    Permissions own = permissions("roomDefaults.subscribe=token", "roomDefaults.readHistory=token");
    assertThat(own.verdict(listener, ROOM, HISTORY)).isEqualTo(FORBIDDEN);
    assertThat(own.verdict(listener, ROOM, PRESENCE)).isEqualTo(ALLOWED);
  }

  @Test
  void a_token_for_one_room_or_action_allows_no_other() {
    Permissions permissions = room("subscribe", "token");
    Identity one = granted(SUBSCRIBE, "team:1");
    assertThat(permissions.verdict(one, ROOM, SUBSCRIBE)).isEqualTo(ALLOWED);
    assertThat(permissions.verdict(one, new RoomName("team:12"), SUBSCRIBE)).isEqualTo(FORBIDDEN);
    assertThat(permissions.verdict(one, new RoomName("team"), SUBSCRIBE)).isEqualTo(FORBIDDEN);
    assertThat(permissions.verdict(granted(PUBLISH, "*"), ROOM, SUBSCRIBE)).isEqualTo(FORBIDDEN);
    assertThat(room("publish", "token").verdict(one, ROOM, PUBLISH)).isEqualTo(FORBIDDEN);
  }

  @Test
  void a_token_for_a_subscription_lets_its_bearer_into_that_room() {
    Permissions permissions = room("subscribe", "token");
    Identity shown = ANN.with(ROOM);
    assertThat(shown.user()).isEqualTo("ann");
    assertThat(permissions.verdict(shown, ROOM, SUBSCRIBE)).isEqualTo(ALLOWED);
    assertThat(permissions.verdict(shown, new RoomName("b"), SUBSCRIBE)).isEqualTo(FORBIDDEN);
    assertThat(permissions.verdict(Identity.ANONYMOUS.with(ROOM), ROOM, SUBSCRIBE))
        .isEqualTo(ALLOWED);
    assertThat(room("subscribe", "server").verdict(shown, ROOM, SUBSCRIBE)).isEqualTo(FORBIDDEN);
  }

  @ParameterizedTest
  @EnumSource(Action.class)
  void without_anonymous_clients_whoever_shows_nothing_may_nothing(Action action) {
    Permissions permissions = permissions("identity.anonymous=false");
    assertThat(permissions.verdict(Identity.ANONYMOUS, ROOM, action)).isEqualTo(UNAUTHORIZED);
    assertThat(permissions.admission(Identity.ANONYMOUS)).isEqualTo(UNAUTHORIZED);
    assertThat(permissions.verdict(NAMELESS, ROOM, action)).isEqualTo(ALLOWED);
    assertThat(permissions.verdict(ANN, ROOM, action)).isEqualTo(ALLOWED);
    assertThat(permissions.verdict(SERVER, ROOM, action)).isEqualTo(ALLOWED);
    assertThat(permissions.explanation(ROOM, action))
        .contains("Only clients with a token or a key");
  }

  @Test
  void a_server_is_served_only_while_its_very_key_is_configured() {
    Permissions permissions = permissions();
    assertThat(permissions.admission(SERVER)).isEqualTo(ALLOWED);
    for (ApiKey other :
        List.of(
            new ApiKey("news", KEY.sha256(), false),
            new ApiKey("prices", "c".repeat(64), false),
            new ApiKey("prices", KEY.sha256(), true))) {
      Identity gone = new Identity.Server(other);
      assertThat(permissions.admission(gone)).isEqualTo(UNAUTHORIZED);
      assertThat(permissions.verdict(gone, ROOM, PUBLISH)).isEqualTo(UNAUTHORIZED);
    }
  }

  @ParameterizedTest
  @EnumSource(Action.class)
  void insecure_lets_everyone_do_everything(Action action) {
    Permissions permissions =
        permissions(
            "identity.insecure=true",
            "identity.anonymous=false",
            "roomDefaults.publish=server",
            "roomDefaults.subscribe=server");
    assertThat(permissions.verdict(Identity.ANONYMOUS, ROOM, action)).isEqualTo(ALLOWED);
  }

  @ParameterizedTest
  @EnumSource(Action.class)
  void the_room_of_the_nodes_is_open_to_admin_keys_alone_and_to_nobody_for_publishing(
      Action action) {
    RoomName own = new RoomName(BuiltInRooms.CONSOLE);
    Identity admin = new Identity.Server(ADMIN_KEY);
    Permissions open =
        permissions(
            "identity.insecure=true",
            "rooms=[{\"match\": \"*\", \"subscribe\": \"anyone\", \"publish\": \"anyone\"}]");
    assertThat(open.verdict(Identity.ANONYMOUS, own, action)).isEqualTo(UNAUTHORIZED);
    for (Identity other : List.of(NAMELESS, ANN, granted(action, "*"), ANN.with(own), SERVER)) {
      assertThat(open.verdict(other, own, action)).isEqualTo(FORBIDDEN);
    }
    assertThat(open.verdict(admin, own, action)).isEqualTo(action == PUBLISH ? FORBIDDEN : ALLOWED);
    assertThat(open.explanation(own, action)).containsAnyOf("admin key", "nodes themselves");
    assertThat(open.verdict(admin, ROOM, action)).isEqualTo(ALLOWED);
  }
}
