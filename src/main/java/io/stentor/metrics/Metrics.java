package io.stentor.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stentor.room.Counts.Timings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of a node, for Prometheus. Values that other components already count are read when
 * the metrics are scraped. Only durations are recorded here, once per batch or event-loop turn.
 * Thread-safe.
 */
public final class Metrics implements Timings, AutoCloseable {

  private static final Duration[] DELIVERY_BOUNDS =
      millis(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000);
  private static final Duration[] APPEND_BOUNDS = {
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofSeconds(10)
  };
  private static final double[] BATCH_BOUNDS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1024};

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final LongSupplier clockMillis;
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final List<Runnable> before = new ArrayList<>();

  /** Strong references: Micrometer holds the source of a counter only weakly. */
  private final List<LongSupplier> counted = new ArrayList<>();

  private final Timer delivery;
  private final Timer append;
  private final DistributionSummary batch;

  /**
   * Creates a registry and registers the metrics of the JVM.
   *
   * @param clockMillis the clock that timestamps publications, in milliseconds since 1970
   */
  public Metrics(LongSupplier clockMillis) {
    this.clockMillis = clockMillis;
    registry.config().meterFilter(MeterFilter.denyUnless(id -> MetricName.has(id.getName())));
    delivery = timer(MetricName.DELIVERY_LATENCY, DELIVERY_BOUNDS);
    append = timer(MetricName.APPEND_TIME, APPEND_BOUNDS);
    batch =
        DistributionSummary.builder(MetricName.APPEND_BATCH.meter())
            .description(MetricName.APPEND_BATCH.help())
            .serviceLevelObjectives(BATCH_BOUNDS)
            .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  private static Duration[] millis(long... bounds) {
    Duration[] durations = new Duration[bounds.length];
    for (int i = 0; i < bounds.length; i++) {
      durations[i] = Duration.ofMillis(bounds[i]);
    }
    return durations;
  }

  private Timer timer(MetricName name, Duration... bounds) {
    return Timer.builder(name.meter())
        .description(name.help())
        .serviceLevelObjectives(bounds)
        .register(registry);
  }

  /** Returns a reader of recent delivery times. Each reader must be used by one thread only. */
  public RecentTimes deliveries() {
    return new RecentTimes(delivery);
  }

  /** Returns a reader of recent append times. Each reader must be used by one thread only. */
  public RecentTimes appends() {
    return new RecentTimes(append);
  }

  @Override
  public void appended(long nanos, int publications) {
    append.record(nanos, TimeUnit.NANOSECONDS);
    batch.record(publications);
  }

  /** The clocks of two nodes may differ, so a negative latency counts as 0. */
  @Override
  public void offered(long publishedMillis) {
    long millis = Math.max(0, clockMillis.getAsLong() - publishedMillis);
    delivery.record(millis, TimeUnit.MILLISECONDS);
  }

  /**
   * Registers a counter that another component maintains.
   *
   * @param labels alternating names and values
   */
  synchronized void counter(MetricName name, LongSupplier count, String... labels) {
    counted.add(count);
    FunctionCounter.builder(name.meter(), count, LongSupplier::getAsLong)
        .description(name.help())
        .tags(labels)
        .register(registry);
  }

  /**
   * Registers a gauge.
   *
   * @param labels alternating names and values
   */
  void gauge(MetricName name, LongSupplier value, String... labels) {
    Gauge.builder(name.meter(), value, LongSupplier::getAsLong)
        .description(name.help())
        .tags(labels)
        .strongReference(true)
        .register(registry);
  }

  /** Registers a gauge of a duration in nanoseconds. */
  void nanos(MetricName name, LongSupplier value) {
    ToDoubleFunction<LongSupplier> read = LongSupplier::getAsLong;
    TimeGauge.builder(name.meter(), value, TimeUnit.NANOSECONDS, read)
        .description(name.help())
        .strongReference(true)
        .register(registry);
  }

  /**
   * Registers a timer that another component maintains.
   *
   * @param nanos the total of all times
   */
  synchronized void timer(MetricName name, LongSupplier count, LongSupplier nanos) {
    counted.add(count);
    ToDoubleFunction<LongSupplier> total = any -> nanos.getAsLong();
    FunctionTimer.builder(name.meter(), count, LongSupplier::getAsLong, total, TimeUnit.NANOSECONDS)
        .description(name.help())
        .register(registry);
  }

  /** Runs a task before each scrape, for example to register new label values. */
  void beforeScrape(Runnable task) {
    before.add(task);
  }

  /**
   * Renders all metrics as text. Reads every source, so it should not run on an event loop.
   *
   * @param contentType a Prometheus or OpenMetrics media type
   */
  public synchronized String scrape(String contentType) {
    before.forEach(Runnable::run);
    return registry.scrape(contentType);
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
