package io.stentor.centrifuge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.json.JsonFields;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
}
