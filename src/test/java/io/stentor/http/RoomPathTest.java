package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.stentor.message.RoomName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoomPathTest {
  @Test
  void only_what_a_path_cannot_hold_is_encoded() {
    assertThat(RoomPath.encoded(new RoomName("a.b_c-D:1@x~+#é")))
        .isEqualTo("a.b_c-D:1@x~+%23%C3%A9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lobby", "房间", "a+b", "#1", "𠀀x"})
  void a_name_comes_back_from_its_path(String name) {
    String path = RoomPath.encoded(new RoomName(name));
    assertThat(QueryStringDecoder.decodeComponent(path.replace("+", "%2B"))).isEqualTo(name);
  }
}
