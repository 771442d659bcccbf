package io.stentor.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Prices that wander by chance, each around the price that it opened with. No I/O and no clock; one
 * thread.
 */
final class Market {

  /** What is traded; none of these exists. */
  static final List<String> SYMBOLS =
      List.of(
          "AEGI", "AJAX", "ARGO", "BOLT", "BRNZ", "CALY", "CHOR", "DELO", "ECHO", "FAMA", "HELM",
          "HERM", "ICAR", "IRIS", "LYRA", "MUSE", "NEST", "ODYS", "ORFE", "PYTH", "SIRN", "STNT",
          "TROY", "ZEPH");

  /** How far one update goes, relative to the price: one standard deviation. */
  private static final double STEP = 0.0008;

  /** What part of its way from the opening price a price goes back at each update. */
  private static final double RETURN = 0.0005;

  private static final int LEAST_OPENING_CENTS = 8_00;
  private static final int MOST_OPENING_CENTS = 420_00;
  private static final int MOST_LOTS = 90;
  private static final int LOT = 10;

  /** One thing that is traded. */
  private static final class Listing {
    private final String symbol;
    private double open;
    private double price;

    Listing(String symbol, double open) {
      this.symbol = symbol;
      this.open = open;
      this.price = open;
    }
  }

  private final RandomGenerator random;
  private final List<Listing> listings = new ArrayList<>();

  /** A market that opens; the opening prices come from the random numbers too. */
  Market(RandomGenerator random) {
    this.random = random;
    for (String symbol : SYMBOLS) {
      int cents = random.nextInt(LEAST_OPENING_CENTS, MOST_OPENING_CENTS);
      listings.add(new Listing(symbol, cents / 100.0));
    }
  }

  /**
   * Goes on from what somebody else said last. What cannot be a price of this market is ignored.
   *
   * @param number of the symbol, from 0
   */
  void goOnFrom(int number, double open, double price) {
    if (isPrice(open) && isPrice(price)) {
      Listing listing = listings.get(number);
      listing.open = open;
      listing.price = price;
    }
  }

  private static boolean isPrice(double price) {
    return price > 0.01 && price < 1_000_000;
  }

  /** The next update, of a symbol chosen by chance. */
  Quote next() {
    Listing listing = listings.get(random.nextInt(listings.size()));
    double away = Math.log(listing.price / listing.open);
    double moved = away * (1 - RETURN) + STEP * random.nextGaussian();
    listing.price = Math.max(0.02, listing.open * Math.exp(moved));
    int volume = (1 + random.nextInt(MOST_LOTS)) * LOT;
    return new Quote(listing.symbol, cents(listing.open), cents(listing.price), volume);
  }

  private static double cents(double price) {
    return Math.round(price * 100) / 100.0;
  }
}
