package io.stentor.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.IdentityOptions.ApiKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApiKeysTest {
  private final String mine = ApiKeys.generate();
  private final String other = ApiKeys.generate();
  private final List<ApiKey> configured =
      List.of(
          new ApiKey("prices", ApiKeys.hash(mine), false),
          new ApiKey("news", ApiKeys.hash(other), true));
  private final ApiKeys keys = new ApiKeys(configured);

  @Test
  void each_key_is_known_by_its_name() {
    assertThat(keys.server(mine)).isEqualTo(new Identity.Server(configured.get(0)));
    assertThat(keys.server(other)).isEqualTo(new Identity.Server(configured.get(1)));
  }

  @Test
  void a_key_that_is_nearly_right_is_nobodys() {
    assertThat(keys.server(mine.substring(1))).isNull();
    assertThat(keys.server(mine + " ")).isNull();
    assertThat(keys.server("")).isNull();
    assertThat(keys.server(ApiKeys.hash(mine))).isNull();
    assertThat(keys.server(mine + "x".repeat(1024))).isNull();
  }

  @Test
  void where_no_key_is_configured_none_is_right() {
    assertThat(new ApiKeys(List.of()).server(mine)).isNull();
  }

  @Test
  void a_new_key_has_256_bits_that_are_not_those_of_the_last_one() {
    assertThat(mine).hasSize(43).matches("[A-Za-z0-9_-]+").isNotEqualTo(other);
  }

  @Test
  void the_hash_is_the_one_that_every_tool_makes() {
    assertThat(ApiKeys.hash("abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
}
