package io.stentor.centrifuge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Client;
import io.stentor.support.EventClient;
import io.stentor.support.HttpRoom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server sends a user away. */
class ServerOrdersTest extends ServerOrdersSetting {
  @Test
  void a_user_is_sent_away_on_every_transport_and_nobody_else_is() {
    int before = connections();
    String path = "/rooms/" + room;
    CompletableFuture<HttpRoom.Answer> poll = poll();
    try (Connected centrifuge = connect(token());
        Client plain = Client.connect(node.port(), path + "?token=" + token());
        Client named = Client.connect(node.port(), path + "?name=" + user);
        EventClient events = EventClient.connect(node.port(), path + "/events?token=" + token());
        Client other = Client.connect(node.port(), path + "?name=other")) {
      await().atMost(SOON).until(() -> connections() == before + 6);
      give("disconnect", order(""));
      assertThat(centrifuge.socket().expectClosed(3503)).isEqualTo("force disconnect");
      assertThat(plain.expectClosed(3503).reason()).isEqualTo("force disconnect");
      named.expectClosed(3503);
      assertThat(events.skipTo("close").data()).contains("3503");
      events.expectEnd();
      HttpRoom.Answer answer = poll.join();
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.json().getString("detail")).contains("3503 force disconnect");
      assertThat(connections()).isEqualTo(before + 1);
      assertThat(other.isClosed()).isFalse();
    }
  }

  @Test
  void a_long_poll_whose_user_may_come_again_is_answered_with_nothing() {
    int before = connections();
    CompletableFuture<HttpRoom.Answer> poll = poll();
    await().atMost(SOON).until(() -> connections() == before + 1);
    give("disconnect", order("\"disconnect\":{\"code\":3011,\"reason\":\"force reconnect\"}"));
    assertThat(poll.join().contents()).isEmpty();
  }

  @Test
  void some_connections_are_spared_or_meant_alone() {
    try (Connected one = connect(token());
        Connected two = connect(token());
        Connected three = connect(token())) {
      give("disconnect", order("\"client\":\"" + one.id() + "\""));
      one.socket().expectClosed(3503);
      give("disconnect", order("\"session\":\"none\""));
      give("disconnect", order("\"client\":\"" + one.id() + "\""));
      give("disconnect", order("\"whitelist\":[\"x\",\"" + two.id() + "\"]"));
      three.socket().expectClosed(3503);
      two.send("{\"id\":2,\"rpc\":{}}");
      assertThat(two.next()).startsWith("{\"id\":2,\"error\":");
    }
  }

  @Test
  void the_empty_user_is_everybody_without_a_name_and_has_to_be_written() {
    try (Connected ann = connect(token());
        Connected nobody = connect("");
        Client plain = Client.connect(node.port(), "/rooms/" + room)) {
      assertThat(api.error("disconnect", "{}")).isEqualTo(107);
      assertThat(api.error("disconnect", "{\"user\":null}")).isEqualTo(107);
      give("disconnect", "{\"user\":\"\"}");
      nobody.socket().expectClosed(3503);
      plain.expectClosed(3503);
      ann.send("{\"id\":2,\"rpc\":{}}");
      assertThat(ann.next()).startsWith("{\"id\":2,\"error\":");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"code\":2999,\"reason\":\"x\"}",
        "{\"code\":5000,\"reason\":\"x\"}",
        "{\"code\":4000,\"reason\":\"42\"}",
        "{\"code\":4000,\"reason\":\"{}\"}",
        "{\"code\":4000,\"reason\":\"null\"}",
        "{\"code\":9223372036854775807,\"reason\":\"x\"}",
      })
  void a_reason_that_clients_take_for_another_is_refused(String reason) {
    assertThat(api.error("disconnect", order("\"disconnect\":" + reason))).isEqualTo(107);
  }

  @Test
  void a_reason_is_told_as_it_was_given_and_is_never_empty() {
    try (Connected one = connect(token())) {
      give("disconnect", order("\"disconnect\":{\"code\":4501,\"reason\":\"go away\"}"));
      assertThat(one.socket().expectClosed(4501)).isEqualTo("go away");
    }
    try (Connected one = connect(token())) {
      give("disconnect", order("\"disconnect\":{\"code\":4001}"));
      assertThat(one.socket().expectClosed(4001)).isNotEmpty();
    }
    assertThat(
            api.error(
                "disconnect", order("\"disconnect\":{\"reason\":\"" + "x".repeat(124) + "\"}")))
        .isEqualTo(107);
  }
}
