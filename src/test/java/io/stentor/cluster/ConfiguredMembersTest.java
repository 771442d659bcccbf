package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.TestConfig;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfiguredMembersTest {

  private static ConfiguredMembers members(String host, String... members) {
    return new ConfiguredMembers(
        TestConfig.cluster(
            "name", "test", "host", host, "port", 5701, "members", List.of(members)));
  }

  @Test
  void names_become_addresses_of_the_family_of_the_host() {
    assertThat(members("10.0.0.1", "10.0.0.2", "localhost", "localhost:5705").resolve())
        .containsExactly("10.0.0.2", "127.0.0.1", "127.0.0.1:5705");
  }

  @Test
  void a_name_that_does_not_resolve_stays_and_is_no_address() {
    ConfiguredMembers members = members("10.0.0.1", "no.such.host.invalid:5701", "10.0.0.2:5702");
    assertThat(members.resolve()).containsExactly("no.such.host.invalid:5701", "10.0.0.2:5702");
    assertThat(members.sockets(members.resolve()))
        .containsExactly(new InetSocketAddress("10.0.0.2", 5702));
  }

  @Test
  void without_a_list_it_is_the_host_itself() {
    assertThat(members("10.0.0.1").resolve()).containsExactly("10.0.0.1");
    assertThat(members("fd00::1").resolve()).containsExactly("[fd00::1]");
  }

  @Test
  void a_host_without_a_port_stands_for_eight_ports() {
    ConfiguredMembers members = members("10.0.0.1", "10.0.0.2", "[fd00::2]:7000");
    assertThat(members.sockets(members.resolve()))
        .hasSize(9)
        .contains(
            new InetSocketAddress("10.0.0.2", 5701),
            new InetSocketAddress("10.0.0.2", 5708),
            new InetSocketAddress("fd00::2", 7000));
  }

  @Test
  void only_lists_with_names_are_resolved_again() {
    assertThat(members("10.0.0.1", "10.0.0.2", "[fd00::2]:7000").hasNames()).isFalse();
    assertThat(members("10.0.0.1", "10.0.0.2", "node.example:5701").hasNames()).isTrue();
  }

  @Test
  void sockets_are_written_as_hazelcast_reads_them() {
    assertThat(ConfiguredMembers.text(new InetSocketAddress("10.0.0.2", 5701)))
        .isEqualTo("10.0.0.2:5701");
    assertThat(ConfiguredMembers.text(new InetSocketAddress("fd00::2", 5701)))
        .isEqualTo("[fd00::2]:5701");
  }
}
