package io.stentor.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Simulates prices: random walks that tend back to their opening price. No I/O, no clock; one
 * thread.
 */
final class Market {

  /** Made-up symbols. */
  static final List<String> SYMBOLS =
      List.of(
          "AEGI", "AJAX", "ARGO", "BOLT", "BRNZ", "CALY", "CHOR", "DELO", "ECHO", "FAMA", "HELM",
          "HERM", "ICAR", "IRIS", "LYRA", "MUSE", "NEST", "ODYS", "ORFE", "PYTH", "SIRN", "STNT",
          "TROY", "ZEPH");

  /** Standard deviation of one update, relative to the price. */
  private static final double STEP = 0.0008;

  /** The part of its distance from the opening price that a price returns at each update. */
  private static final double RETURN = 0.0005;

  private static final int MIN_OPENING_CENTS = 8_00;
  private static final int MAX_OPENING_CENTS = 420_00;
  private static final int MAX_LOTS = 90;
  private static final int LOT = 10;

  private static final class Listing {
    private final String symbol;
    private double open;
    private double low;
    private double high;
    private double price;

    Listing(String symbol, double open) {
      this.symbol = symbol;
      restart(open, open);
    }

    private void restart(double newOpen, double newPrice) {
      open = newOpen;
      price = newPrice;
      low = Math.min(open, price);
      high = Math.max(open, price);
    }
  }

  private final RandomGenerator random;
  private final List<Listing> listings = new ArrayList<>();

  /** Creates a market with random opening prices. */
  Market(RandomGenerator random) {
    this.random = random;
    for (String symbol : SYMBOLS) {
      int cents = random.nextInt(MIN_OPENING_CENTS, MAX_OPENING_CENTS);
      listings.add(new Listing(symbol, cents / 100.0));
    }
  }

  /**
   * Continues from the last prices of another market. Ignores values that cannot be prices.
   *
   * @param number index of the symbol
   */
  void resumeFrom(int number, double open, double price) {
    if (isPrice(open) && isPrice(price)) {
      listings.get(number).restart(open, price);
    }
  }

  /**
   * Continues with the lowest and the highest price of another market. Ignores values that cannot
   * be prices.
   *
   * @param number index of the symbol
   */
  void widenRange(int number, double low, double high) {
    if (isPrice(low) && isPrice(high)) {
      Listing listing = listings.get(number);
      listing.low = Math.min(listing.low, low);
      listing.high = Math.max(listing.high, high);
    }
  }

  private static boolean isPrice(double price) {
    return price > 0.01 && price < 1_000_000;
  }

  /** Returns the next trade, of a random symbol. */
  Quote next() {
    Listing listing = listings.get(random.nextInt(listings.size()));
    double distance = Math.log(listing.price / listing.open);
    double moved = distance * (1 - RETURN) + STEP * random.nextGaussian();
    listing.price = Math.max(0.02, listing.open * Math.exp(moved));
    listing.low = Math.min(listing.low, listing.price);
    listing.high = Math.max(listing.high, listing.price);
    int volume = (1 + random.nextInt(MAX_LOTS)) * LOT;
    return new Quote(
        listing.symbol,
        cents(listing.open),
        cents(listing.low),
        cents(listing.high),
        cents(listing.price),
        volume);
  }

  private static double cents(double price) {
    return Math.round(price * 100) / 100.0;
  }
}
