package io.stentor.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.message.RoomName;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MarketTest {

  @Test
  void trades_every_symbol_under_a_name_that_a_room_may_have() {
    assertThat(Market.SYMBOLS).hasSize(24).doesNotHaveDuplicates();
    assertThat(Market.SYMBOLS)
        .allSatisfy(symbol -> assertThat(new RoomName(Quote.room(symbol)).value()).isNotEmpty());
    Market market = new Market(new Random(1));
    Map<String, Integer> heard = new HashMap<>();
    for (int i = 0; i < 2400; i++) {
      heard.merge(market.next().symbol(), 1, Integer::sum);
    }
    assertThat(heard.keySet()).containsExactlyInAnyOrderElementsOf(Market.SYMBOLS);
    assertThat(heard.values()).allMatch(count -> count > 50 && count < 150);
  }

  @Test
  void prices_move_a_little_and_never_wander_off() {
    Market market = new Market(new Random(2));
    Map<String, Double> last = new HashMap<>();
    for (int i = 0; i < 500_000; i++) {
      Quote quote = market.next();
      assertThat(quote.price()).isBetween(quote.open() * 0.7, quote.open() * 1.3);
      Double before = last.put(quote.symbol(), quote.price());
      if (before != null) {
        assertThat(quote.price()).isBetween(before * 0.99 - 0.01, before * 1.01 + 0.01);
      }
      assertThat(quote.price()).isBetween(quote.low(), quote.high());
      assertThat(quote.open()).isBetween(quote.low(), quote.high());
      assertThat(quote.price() * 100).isCloseTo(Math.rint(quote.price() * 100), within());
      assertThat(quote.volume()).isBetween(10, 900);
    }
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-6);
  }

  @Test
  void goes_on_from_what_was_said_last() {
    Market market = new Market(new Random(3));
    for (int i = 0; i < Market.SYMBOLS.size(); i++) {
      market.resumeFrom(i, 1000, 1100);
      market.widenRange(i, 900, 1050);
    }
    for (int i = 0; i < 100; i++) {
      Quote quote = market.next();
      assertThat(quote.open()).isEqualTo(1000);
      assertThat(quote.price()).isBetween(1050.0, 1150.0);
      assertThat(quote.low()).isEqualTo(900);
      assertThat(quote.high()).isBetween(1100.0, 1150.0);
    }
  }

  @Test
  void ignores_prices_that_cannot_be() {
    Market market = new Market(new Random(4));
    for (double no : new double[] {0, -5, Double.NaN, Double.POSITIVE_INFINITY, 1e12}) {
      for (int i = 0; i < Market.SYMBOLS.size(); i++) {
        market.resumeFrom(i, no, 100);
        market.resumeFrom(i, 100, no);
        market.widenRange(i, no, 100);
      }
    }
    for (int i = 0; i < 100; i++) {
      assertThat(market.next().price()).isBetween(5.0, 500.0);
    }
  }

  @Test
  void an_update_says_everything_by_itself() {
    JsonObject entry = new Quote("ARGO", 100, 99.5, 103, 101.25, 300).entry(1_767_225_600_000L);

    assertThat(entry.encode())
        .isEqualTo(
            "{\"room\":\"quotes:ARGO\",\"data\":{\"price\":101.25,\"open\":100.0,\"low\":99.5,"
                + "\"high\":103.0,\"volume\":300,\"time\":1767225600000}}");
  }
}
