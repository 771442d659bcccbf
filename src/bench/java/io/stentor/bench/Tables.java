package io.stentor.bench;

import java.util.Locale;
import java.util.stream.Collectors;

/** Results as Markdown for people and as JSON for programs. */
final class Tables {
  private static final double LATE_MICROS = 200_000;

  private Tables() {}

  /** A heading, a table of cases, and a table of what is asked. */
  static String markdown(Bar bar, Results results) {
    StringBuilder out = new StringBuilder();
    out.append("\n### ").append(bar.name()).append(": ").append(bar.title()).append("\n\n");
    out.append(row("server", bar.columns().stream().map(Bar.Column::title).toList()));
    out.append(row("---", bar.columns().stream().map(c -> "--:").toList()));
    for (Bar.Case each : bar.cases()) {
      String trouble = results.trouble(each.name());
      out.append(
          row(
              trouble.isEmpty() ? each.name() : each.name() + " (" + trouble + ")",
              bar.columns().stream().map(c -> cell(results, each.name(), c)).toList()));
    }
    for (Bar.Case each : bar.cases()) {
      if (results.median(each.name(), "send_late_max_us") > LATE_MICROS) {
        out.append("\nNote: the generator was late under ").append(each.name());
        out.append("; the machine had other work.\n");
      }
    }
    out.append("\n| asked | bound | measured | |\n|---|--:|--:|---|\n");
    for (Bar.Check check : bar.checks()) {
      double value = results.value(check);
      out.append("| ").append(check.of()).append(": ").append(check.text());
      out.append(check.atLeast() ? " | ≥ " : " | ≤ ").append(number(check.bound()));
      out.append(" | ").append(number(value)).append(" | ").append(verdict(check, value));
      out.append(" |\n");
    }
    return out.toString();
  }

  /** One bar as a member of a JSON object. */
  static String json(Bar bar, Results results) {
    String checks =
        bar.checks().stream()
            .map(
                c ->
                    String.format(
                        Locale.ROOT,
                        "{\"asked\":\"%s: %s\",\"atLeast\":%b,\"bound\":%s,\"measured\":%s}",
                        c.of(),
                        c.text(),
                        c.atLeast(),
                        c.bound(),
                        Double.isNaN(results.value(c)) ? "null" : results.value(c)))
            .collect(Collectors.joining(",", "[", "]"));
    return '"' + bar.name() + "\":{\"checks\":" + checks + ",\"rounds\":" + results.json() + "}";
  }

  private static String row(String first, Iterable<String> others) {
    return "| " + first + " | " + String.join(" | ", others) + " |\n";
  }

  private static String cell(Results results, String caseName, Bar.Column column) {
    double value = results.median(caseName, column.figure()) / column.divisor();
    return Double.isNaN(value)
        ? "–"
        : String.format(Locale.ROOT, "%,." + column.digits() + "f", value);
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    return String.format(Locale.ROOT, Math.abs(value) >= 1000 ? "%,.0f" : "%.2f", value);
  }

  private static String verdict(Bar.Check check, double value) {
    if (Double.isNaN(value)) {
      return "not measured";
    }
    boolean met = check.atLeast() ? value >= check.bound() : value <= check.bound();
    return met ? "met" : "**missed**";
  }
}
