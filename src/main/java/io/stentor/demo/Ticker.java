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
 * Runs a market and publishes its trades through the HTTP API of its own node. A cluster has one
 * active ticker; when its node stops, another one continues from the prices in the rooms' logs.
 * Confined to one event loop.
 */
public final class Ticker extends VerticleBase {

  /*
   * One request at a time: trades that become due meanwhile go with the next one, so a slow server
   * gets fewer requests, not more. Trades that are more than a second late are dropped; the next
   * ones contain the complete state.
   */

  private static final int TICK_MILLIS = 20;
  private static final int PAUSE_MILLIS = 1000;
  private static final int MAX_BATCH = 1000;
  private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);

  private final int updatesPerSecond;
  private final String host;
  private final int port;
  private final String key;
  private final BooleanSupplier active;
  private @Nullable MarketClient client;
  private @Nullable Market market;
  private boolean busy;
  private boolean standby;
  private boolean failing;
  private boolean stopped;
  private long pausedUntil;
  private long lastTick;
  private double due;

  /**
   * Creates a ticker that starts with its verticle.
   *
   * @param host where the node can be reached from itself
   * @param key an API key of the node
   * @param active whether this node runs the market; called often, must not block
   */
  public Ticker(DemoOptions options, String host, int port, String key, BooleanSupplier active) {
    this.updatesPerSecond = options.updatesPerSecond();
    this.host = host;
    this.port = port;
    this.key = key;
    this.active = active;
  }

  @Override
  public Future<?> start() {
    client = new MarketClient(vertx, host, port, key);
    vertx.setPeriodic(TICK_MILLIS, timer -> tick(System.nanoTime() / 1_000_000));
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    return client == null ? Future.succeededFuture() : client.close();
  }

  private void tick(long now) {
    if (busy || stopped || now < pausedUntil || client == null) {
      return;
    }
    if (!active.getAsBoolean()) {
      market = null;
      pausedUntil = now + PAUSE_MILLIS;
      if (!standby) {
        LOG.info("demo: another node has the market, this one takes it over when that one is gone");
      }
      standby = true;
    } else if (market == null) {
      open(client);
    } else {
      publish(client, market, now);
    }
  }

  /** Opens a market that continues from the last published prices, if there are any. */
  private void open(MarketClient through) {
    Market opening = new Market(new Random());
    List<Future<?>> read = new ArrayList<>();
    for (int i = 0; i < Market.SYMBOLS.size(); i++) {
      int number = i;
      read.add(
          through
              .newest(Quote.room(Market.SYMBOLS.get(i)))
              .onSuccess(last -> resume(opening, number, last)));
    }
    track(
        Future.all(read)
            .onSuccess(
                done -> {
                  market = opening;
                  standby = false;
                  lastTick = System.nanoTime() / 1_000_000;
                  LOG.info(
                      "demo: this node publishes {} made-up prices a second to rooms {}*",
                      updatesPerSecond,
                      Quote.PREFIX);
                }));
  }

  private static void resume(Market market, int number, @Nullable JsonObject last) {
    if (last != null
        && last.getValue("open") instanceof Number open
        && last.getValue("price") instanceof Number price) {
      market.resumeFrom(number, open.doubleValue(), price.doubleValue());
      if (last.getValue("low") instanceof Number low
          && last.getValue("high") instanceof Number high) {
        market.widenRange(number, low.doubleValue(), high.doubleValue());
      }
    }
  }

  private void publish(MarketClient through, Market open, long now) {
    due = Math.min(updatesPerSecond, due + (now - lastTick) * updatesPerSecond / 1000.0);
    lastTick = now;
    int count = Math.min(MAX_BATCH, (int) due);
    if (count == 0) {
      return;
    }
    due -= count;
    List<JsonObject> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(open.next().entry(System.currentTimeMillis()));
    }
    track(through.publish(entries));
  }

  private void track(Future<?> request) {
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
              pausedUntil = System.nanoTime() / 1_000_000 + PAUSE_MILLIS;
              if (!failing && !stopped) {
                LOG.warn("demo: prices cannot be published: {}", failure.getMessage());
              }
              failing = true;
            });
  }
}
