package io.stentor.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the rounds of one bar gave: for each case the lines that {@link Load} printed. */
final class Results {
  private static final Pattern NUMBER = Pattern.compile("\"(\\w+)\":(-?[0-9.]+)(?=[,}])");

  private final Map<String, List<String>> lines = new LinkedHashMap<>();
  private final Map<String, String> troubles = new LinkedHashMap<>();

  void add(String caseName, String jsonLine) {
    lines.computeIfAbsent(caseName, n -> new ArrayList<>()).add(jsonLine);
  }

  /** Notes why a case gave nothing. */
  void trouble(String caseName, String reason) {
    troubles.put(caseName, reason);
  }

  boolean has(String caseName) {
    return lines.containsKey(caseName);
  }

  /** Why a case gave nothing; empty where it gave something. */
  String trouble(String caseName) {
    return has(caseName) ? "" : troubles.getOrDefault(caseName, "not run");
  }

  /** The median of a figure over the rounds; NaN when there is none. */
  double median(String caseName, String figure) {
    double[] values =
        lines.getOrDefault(caseName, List.of()).stream()
            .map(line -> numbers(line).getOrDefault(figure, Double.NaN))
            .filter(value -> !value.isNaN())
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    int half = values.length / 2;
    if (values.length == 0) {
      return Double.NaN;
    }
    return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  }

  /** The value that a check is about; NaN when a figure for it is missing. */
  double value(Bar.Check check) {
    double of = median(check.of(), check.figure());
    return check.over().isEmpty() ? of : of / median(check.over(), check.figure());
  }

  /** All lines, by case, as JSON. */
  String json() {
    return lines.entrySet().stream()
        .map(e -> '"' + e.getKey() + "\":[" + String.join(",", e.getValue()) + "]")
        .collect(Collectors.joining(",", "{", "}"));
  }

  static Map<String, Double> numbers(String jsonLine) {
    Map<String, Double> numbers = new TreeMap<>();
    Matcher m = NUMBER.matcher(jsonLine);
    while (m.find()) {
      numbers.put(m.group(1), Double.valueOf(m.group(2)));
    }
    return numbers;
  }
}
