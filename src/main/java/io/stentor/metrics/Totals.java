package io.stentor.metrics;

import io.stentor.connection.ConnectionCounts;
import io.stentor.room.Counts;
import io.stentor.room.Counts.Count;
import io.stentor.room.Rooms;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs a line of totals as structured fields every minute, if any has changed. Must be used by one
 * thread only.
 */
public final class Totals {

  public static final long INTERVAL_MILLIS = 60_000;
  private static final Logger LOG = LoggerFactory.getLogger(Totals.class);

  private final Rooms rooms;
  private final ConnectionCounts connections;
  private Map<String, Long> logged;

  /** Creates a logger that compares with the current totals. */
  public Totals(Rooms rooms, ConnectionCounts connections) {
    this.rooms = rooms;
    this.connections = connections;
    this.logged = read();
  }

  /** Logs the totals if any has changed. The names of the fields are stable. */
  public void tell() {
    Map<String, Long> now = read();
    if (!now.equals(logged)) {
      logged = now;
      LoggingEventBuilder line = LOG.atInfo();
      for (Map.Entry<String, Long> total : now.entrySet()) {
        line = line.addKeyValue(total.getKey(), total.getValue());
      }
      line.log("totals");
    }
  }

  private Map<String, Long> read() {
    Counts counts = rooms.counts();
    Map<String, Long> totals = new LinkedHashMap<>();
    totals.put("connections", (long) connections.open());
    totals.put("rooms", (long) rooms.inUse());
    totals.put("published", counts.get(Count.PUBLISHED));
    totals.put("delivered", counts.get(Count.DELIVERED));
    totals.put("deliveredBytes", counts.get(Count.DELIVERED_BYTES));
    totals.put("refused", counts.get(Count.REFUSED));
    totals.put("repaired", counts.get(Count.REPAIRED));
    totals.put("gaps", counts.get(Count.LOST));
    totals.put("skipped", counts.get(Count.SKIPPED));
    totals.put("slowDisconnected", counts.get(Count.SLOW_DISCONNECTED));
    return totals;
  }
}
