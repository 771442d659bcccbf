package io.stentor.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.admission.Limits.ConnectionRate;
import io.stentor.admission.Limits.Permit;
import io.stentor.admission.Limits.RoomRates;
import io.stentor.admission.Limits.Usage;
import io.stentor.config.LimitOptions;
import io.stentor.config.Networks;
import io.stentor.config.TestConfig;
import io.stentor.message.RoomName;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final InetAddress ONE = address("192.0.2.1");
  private static final InetAddress TWO = address("192.0.2.2");

  private long now = 5;
  private final Limits limits = limits(false);

  private Limits limits(boolean dryRun) {
    return new Limits(options(dryRun, List.of("10.0.0.0/8", "::1"), 2, 5, 6), () -> now);
  }

  private static LimitOptions options(
      boolean dryRun, List<String> proxies, int perAddress, int ofConnection, int ofAddress) {
    return TestConfig.limits(
        new JsonObject()
            .put("dryRun", dryRun)
            .put("trustedProxies", new JsonArray(proxies))
            .put("connections", 4)
            .put("connectionsPerAddress", perAddress)
            .put("connectionsPerSecond", 3)
            .put("connectionsPerSecondPerAddress", 3)
            .put("rooms", 1)
            .put("roomsPerConnection", 1)
            .put("messagesPerSecondPerConnection", ofConnection)
            .put("messagesPerSecondPerAddress", ofAddress));
  }

  private static InetAddress address(String text) {
    return Objects.requireNonNull(Networks.address(text));
  }

  @Test
  void an_address_gets_as_many_connections_as_it_may_have_and_others_are_not_harmed() {
    Permit first = limits.accept(ONE);
    assertThat(first.refusedBy()).isNull();
    assertThat(limits.accept(ONE).refusedBy()).isNull();
    Permit third = limits.accept(ONE);
    assertThat(third.refusedBy()).isEqualTo(Limit.CONNECTIONS_PER_ADDRESS);
    assertThat(limits.accept(TWO).refusedBy()).isNull();
    assertThat(limits.hits().count(Limit.CONNECTIONS_PER_ADDRESS)).isEqualTo(1);
    third.release();
    first.release();
    first.release();
    assertThat(limits.accept(ONE).refusedBy()).isNull();
    assertThat(limits.accept(ONE).refusedBy()).isEqualTo(Limit.CONNECTIONS_PER_ADDRESS);
  }

  @Test
  void addresses_of_one_network_of_ipv6_are_one() {
    assertThat(ClientNetwork.of(address("2001:db8:1:2::3")))
        .isEqualTo(ClientNetwork.of(address("2001:db8:1:2:4::")));
    assertThat(ClientNetwork.of(address("2001:db8:1:3::3")))
        .isNotEqualTo(ClientNetwork.of(address("2001:db8:1:2::3")));
    assertThat(ClientNetwork.of(address("2001:db8:1:2::3"))).hasToString("2001:db8:1:2:0:0:0:0/64");
    assertThat(ClientNetwork.of(ONE)).hasToString("192.0.2.1");
  }

  @Test
  void the_node_gets_as_many_connections_as_it_may_have() {
    for (int i = 0; i < 4; i++) {
      assertThat(limits.accept(address("10.0.0.1")).refusedBy()).isNull();
    }
    assertThat(limits.accept(TWO).refusedBy()).isEqualTo(Limit.CONNECTIONS);
    assertThat(limits.accept(null).refusedBy()).isEqualTo(Limit.CONNECTIONS);
  }

  @Test
  void far_too_many_are_cut_without_a_word() {
    List<Permit> permits = new ArrayList<>();
    for (int i = 0; i < 4 + Limits.ANSWERED_PER_SECOND * Limits.BURST_SECONDS; i++) {
      permits.add(limits.accept(null));
      assertThat(permits.get(i).isCut()).isFalse();
    }
    assertThat(limits.accept(null).isCut()).isTrue();
  }

  @Test
  void an_address_opens_so_many_connections_a_second() {
    for (int i = 0; i < 6; i++) {
      Permit permit = limits.accept(ONE);
      assertThat(permit.refusedBy()).isNull();
      permit.release();
    }
    Permit refused = limits.accept(ONE);
    assertThat(refused.refusedBy()).isEqualTo(Limit.CONNECTIONS_PER_SECOND_PER_ADDRESS);
    refused.release();
    now += TimeUnit.SECONDS.toNanos(1);
    assertThat(limits.accept(ONE).refusedBy()).isNull();
  }

  @Test
  void accepting_pauses_while_too_many_come() {
    for (int i = 0; i < 6; i++) {
      assertThat(limits.acceptPauseNanos()).isZero();
    }
    assertThat(limits.acceptPauseNanos()).isBetween(1L, TimeUnit.SECONDS.toNanos(1));
    assertThat(limits.hits().count(Limit.CONNECTIONS_PER_SECOND)).isEqualTo(1);
  }

  @Test
  void a_dry_run_counts_and_refuses_nobody() {
    Limits dry = limits(true);
    ConnectionRate rate = dry.connectionRate(dry.accept(ONE).usage());
    for (int i = 0; i < 100; i++) {
      assertThat(dry.accept(ONE).refusedBy()).isNull();
      assertThat(dry.acceptPauseNanos()).isZero();
      assertThat(rate.take("one")).isZero();
      assertThat(dry.tryTake(dry.acceptProxied(TWO).usage(), 1)).isZero();
      assertThat(dry.roomRates().tryTake(RoomName.LOBBY, 1)).isZero();
      assertThat(dry.roomRates().take(RoomName.LOBBY, 1)).isZero();
    }
    assertThat(dry.hits().count(Limit.CONNECTIONS_PER_ADDRESS)).isGreaterThan(90);
    assertThat(dry.hits().count(Limit.CONNECTIONS_PER_SECOND)).isPositive();
    assertThat(dry.hits().count(Limit.MESSAGES_PER_SECOND_PER_CONNECTION)).isPositive();
    assertThat(dry.hits().count(Limit.MESSAGES_PER_SECOND_PER_ADDRESS)).isPositive();
    assertThat(dry.hits().count(Limit.RATE_PER_SECOND)).isPositive();
  }

  @Test
  void a_connection_is_slowed_by_itself_and_then_by_its_address() {
    Usage usage = limits.accept(ONE).usage();
    ConnectionRate alone = limits.connectionRate(null);
    for (int i = 0; i < 10; i++) {
      assertThat(alone.take("alone")).isZero();
    }
    assertThat(alone.take("alone")).isEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
    for (int i = 0; i < 12; i++) {
      assertThat(limits.connectionRate(usage).take("new")).isZero();
    }
    assertThat(limits.connectionRate(usage).take("new")).isPositive();
    assertThat(limits.tryTake(usage, 1)).isPositive();
    assertThat(limits.hits().count(Limit.MESSAGES_PER_SECOND_PER_CONNECTION)).isEqualTo(1);
  }

  @Test
  void a_batch_is_owed_and_delays_what_follows() {
    Usage usage = Objects.requireNonNull(limits.accept(ONE).usage());
    limits.charge(usage, 100);
    assertThat(limits.tryTake(usage, 1)).isGreaterThan(TimeUnit.SECONDS.toNanos(10));
  }

  @Test
  void other_options_hold_at_once_for_those_who_are_known_and_send_nobody_away() {
    Permit first = limits.accept(ONE);
    Usage usage = Objects.requireNonNull(first.usage());
    ConnectionRate rate = limits.connectionRate(usage);
    limits.change(options(false, List.of("192.0.2.2"), 1, 1, 0));
    assertThat(limits.accept(ONE).refusedBy()).isEqualTo(Limit.CONNECTIONS_PER_ADDRESS);
    assertThat(limits.allowed(Limit.CONNECTIONS_PER_ADDRESS)).isEqualTo(1);
    assertThat(limits.accept(TWO).usage()).as("it is a proxy now").isNull();
    assertThat(rate.take("one")).isZero();
    assertThat(rate.take("one")).isZero();
    assertThat(rate.take("one")).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    assertThat(limits.tryTake(usage, 1000)).isZero();
    limits.change(options(true, List.of(), 1, 1, 1));
    assertThat(rate.take("one")).isZero();
    assertThat(limits.accept(ONE).refusedBy()).isNull();
    limits.change(options(false, List.of(), 1, 1, 1));
    assertThat(limits.tryTake(usage, 3)).isPositive();
  }

  @Test
  void a_room_that_is_published_to_without_a_pause_follows_its_new_rate() {
    RoomRates rates = limits.roomRates();
    assertThat(rates.tryTake(RoomName.LOBBY, 1)).isZero();
    assertThat(rates.tryTake(RoomName.LOBBY, 1)).isZero();
    assertThat(rates.tryTake(RoomName.LOBBY, 1)).isPositive();
    assertThat(rates.tryTake(RoomName.LOBBY, 1_000_000))
        .isLessThan(TimeUnit.MILLISECONDS.toNanos(1));
  }

  @Test
  void who_uses_nothing_any_more_is_forgotten() {
    Permit permit = limits.accept(ONE);
    assertThat(limits.roomRates().tryTake(RoomName.LOBBY, 5)).isZero();
    limits.sweep();
    assertThat(limits.clients()).isEqualTo(1);
    permit.release();
    now += TimeUnit.SECONDS.toNanos(10);
    limits.sweep();
    assertThat(limits.clients()).isZero();
    assertThat(limits.roomRates().size()).isZero();
  }
}
