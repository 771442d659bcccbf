package io.stentor.centrifuge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.history.Branch;
import io.stentor.history.Page;
import io.stentor.json.JsonFields;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubscribeRequestTest {
  private static SubscribeRequest request(String json) {
    return SubscribeRequest.of(JsonFields.of(json.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"a==b\"", "5", "true"})
  void a_filter_that_is_no_object_is_an_error_of_this_subscribe_alone(String tf) {
    assertThatThrownBy(() -> request("{\"tf\":" + tf + "}"))
        .isInstanceOf(CommandError.class)
        .hasMessageContaining("tf: a filter is an object");
  }

  @Test
  void without_a_filter_there_is_none() {
    assertThat(request("{\"tf\":null}").filter()).isNull();
    assertThat(request("{}").filter()).isNull();
  }

  /** The epoch f forked from e after 5; its newest message is the fourth, or the fourth matches. */
  @ParameterizedTest
  @CsvSource({
    "e, 3, true",
    "e, 4, false",
    "e, 5, false",
    "e, 6, true",
    "f, 3, true",
    "f, 4, false",
    "f, 6, false",
    "g, 4, true",
    "f, 0, true",
  })
  void the_newest_message_is_sent_unless_the_client_has_it(String epoch, int at, boolean sent) {
    long before = Position.parse("e:1").epoch();
    long now = Position.parse("f:1").epoch();
    Branch branch = new Branch(now, List.of(new Position(before, 5)));
    Page newest = new Page(branch, 1, 6, 4, List.of(Publication.text("newest", 0)));
    Page page =
        request("{\"recover\":true,\"epoch\":\"" + epoch + "\",\"offset\":" + at + "}")
            .latest(newest);
    assertThat(page.publications()).hasSize(sent ? 1 : 0);
    assertThat(page.end()).isEqualTo(new Position(now, 6));
  }
}
