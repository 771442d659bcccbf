package io.stentor.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The figures of one run: a line of JSON for programs and a table for people. */
final class Report {
  private final Map<String, Object> figures = new LinkedHashMap<>();

  /** Adds a figure; doubles are shown with three digits after the point. */
  Report add(String name, Object value) {
    figures.put(name, value);
    return this;
  }

  /** Adds what was sent and received in the measured time. */
  Report traffic(Tally t, double seconds) {
    add("window_s", seconds);
    add("sent", t.sent).add("expected", t.expected).add("delivered", t.delivered);
    add("lost", t.lost()).add("duplicates", t.duplicates).add("gaps", t.gaps);
    add("disordered", t.disordered).add("closed_by_server", t.closedByServer);
    add("unsent", t.unsent).add("stalls", t.stalls).add("pings", t.pings);
    add("messages_per_s", t.sent / seconds);
    add("deliveries_per_s", t.deliveriesInTime / seconds);
    add("bytes_per_delivery", t.bytesInTime / (double) Math.max(1, t.deliveriesInTime));
    add("mb_per_s", t.bytesInTime / seconds / 1e6);
    return add("send_late_max_us", t.lateNanos / 1e3);
  }

  /** Adds percentiles in microseconds. */
  Report latency(Histogram h) {
    add("p50_us", h.quantile(0.5) / 1e3).add("p90_us", h.quantile(0.9) / 1e3);
    add("p99_us", h.quantile(0.99) / 1e3).add("p999_us", h.quantile(0.999) / 1e3);
    return add("max_us", h.max() / 1e3);
  }

  String json() {
    return figures.entrySet().stream()
        .map(e -> '"' + e.getKey() + "\":" + json(e.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  String table() {
    return figures.entrySet().stream()
        .map(e -> String.format(Locale.ROOT, "%-26s %s%n", e.getKey(), plain(e.getValue())))
        .collect(Collectors.joining());
  }

  private static String json(Object value) {
    return value instanceof String text ? '"' + text.replace("\"", "'") + '"' : plain(value);
  }

  private static String plain(Object value) {
    if (value instanceof Double number) {
      return String.format(Locale.ROOT, "%.3f", number);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Report::plain).collect(Collectors.joining(",", "[", "]"));
    }
    return String.valueOf(value);
  }
}
