package io.stentor.demo;

import io.stentor.config.Config.DemoOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a market and publishes its updates through the HTTP API of its own node, while it is this
 * node's turn: a cluster has one market, and another node goes on from the prices in the rooms'
 * logs. One event loop.
 */
public final class Ticker extends VerticleBase {

  /*
   * One request at a time: what becomes due meanwhile goes with the next one, so a slow server is
   * asked less often, not more. Updates that are late by more than a second are dropped; the next
   * ones say all that there is to know.
   */

  private static final int TICK_MILLIS = 20;
  private static final int REST_MILLIS = 1000;
  private static final int MOST_AT_ONCE = 1000;
  private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);

  private final int updatesPerSecond;
  private final String host;
  private final int port;
  private final String key;
  private final BooleanSupplier turn;
  private @Nullable Publisher publisher;
  private @Nullable Market market;
  private boolean busy;
  private boolean waits;
  private boolean failing;
  private boolean stopped;
  private long restUntil;
  private long lastTick;
  private double due;

  /**
   * A ticker that says nothing yet.
   *
   * @param host where the node is reached from within
   * @param key an API key of the node
   * @param turn whether it is this node that has the market; asked often, must not block
   */
  public Ticker(DemoOptions options, String host, int port, String key, BooleanSupplier turn) {
    this.updatesPerSecond = options.updatesPerSecond();
    this.host = host;
    this.port = port;
    this.key = key;
    this.turn = turn;
  }

  @Override
  public Future<?> start() {
    publisher = new Publisher(vertx, host, port, key);
    vertx.setPeriodic(TICK_MILLIS, timer -> tick(System.nanoTime() / 1_000_000));
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    return publisher == null ? Future.succeededFuture() : publisher.close();
  }

  private void tick(long now) {
    if (busy || stopped || now < restUntil || publisher == null) {
      return;
    }
    if (!turn.getAsBoolean()) {
      market = null;
      restUntil = now + REST_MILLIS;
      if (!waits) {
        LOG.info("demo: another node has the market, this one takes it over when that one is gone");
      }
      waits = true;
    } else if (market == null) {
      open(publisher);
    } else {
      publish(publisher, market, now);
    }
  }

  /** Goes on where the last market stopped, if there was one. */
  private void open(Publisher through) {
    Market opening = new Market(new Random());
    List<Future<?>> read = new ArrayList<>();
    for (int i = 0; i < Market.SYMBOLS.size(); i++) {
      int number = i;
      read.add(
          through
              .newest(Quote.room(Market.SYMBOLS.get(i)))
              .onSuccess(last -> goOn(opening, number, last)));
    }
    busy(
        Future.all(read)
            .onSuccess(
                done -> {
                  market = opening;
                  waits = false;
                  lastTick = System.nanoTime() / 1_000_000;
                  LOG.info(
                      "demo: this node publishes {} made-up prices a second to rooms {}*",
                      updatesPerSecond,
                      Quote.PREFIX);
                }));
  }

  private static void goOn(Market market, int number, @Nullable JsonObject last) {
    if (last != null
        && last.getValue("open") instanceof Number open
        && last.getValue("price") instanceof Number price) {
      market.goOnFrom(number, open.doubleValue(), price.doubleValue());
    }
  }

  private void publish(Publisher through, Market open, long now) {
    due = Math.min(updatesPerSecond, due + (now - lastTick) * updatesPerSecond / 1000.0);
    lastTick = now;
    int count = Math.min(MOST_AT_ONCE, (int) due);
    if (count == 0) {
      return;
    }
    due -= count;
    List<JsonObject> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(open.next().entry(System.currentTimeMillis()));
    }
    busy(through.publish(entries));
  }

  private void busy(Future<?> request) {
    busy = true;
    request
        .onSuccess(
            done -> {
              busy = false;
              failing = false;
            })
        .onFailure(
            failure -> {
              busy = false;
              restUntil = System.nanoTime() / 1_000_000 + REST_MILLIS;
              if (!failing && !stopped) {
                LOG.warn("demo: prices cannot be published: {}", failure.getMessage());
              }
              failing = true;
            });
  }
}
