package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {

  private static boolean contains(String network, String address) {
    return new Networks(List.of(network))
        .contain(Objects.requireNonNull(Networks.address(address)));
  }

  @Test
  void a_network_has_the_addresses_with_its_prefix() {
    assertThat(contains("10.0.0.0/8", "10.255.0.1")).isTrue();
    assertThat(contains("10.0.0.0/8", "11.0.0.1")).isFalse();
    assertThat(contains("192.168.16.0/20", "192.168.31.255")).isTrue();
    assertThat(contains("192.168.16.0/20", "192.168.32.0")).isFalse();
    assertThat(contains("192.0.2.1", "192.0.2.1")).isTrue();
    assertThat(contains("192.0.2.1", "192.0.2.2")).isFalse();
    assertThat(contains("0.0.0.0/0", "203.0.113.9")).isTrue();
    assertThat(contains("0.0.0.0/0", "::1")).isFalse();
    assertThat(contains("2001:db8::/32", "2001:db8:ffff::1")).isTrue();
    assertThat(contains("2001:db8::/32", "2001:db9::1")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::1/129", "1.2.3/8"})
  void what_is_no_network_is_refused(String text) {
    assertThat(Networks.isNetwork(text)).isFalse();
  }

  @Test
  void names_are_never_looked_up() {
    assertThat(Networks.address("localhost")).isNull();
  }
}
