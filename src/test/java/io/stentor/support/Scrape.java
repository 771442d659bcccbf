package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code /metrics} said at one moment.
 *
 * @param values by name with labels, as written
 * @param help the lines HELP by name
 * @param types {@code counter}, {@code gauge}, {@code histogram} or {@code summary} by name
 */
public record Scrape(
    Map<String, Double> values, Map<String, String> types, Map<String, String> help) {

  /** Asks the node at this port. */
  public static Scrape of(int port) {
    RawHttp.Answer answer = RawHttp.get(port, "/metrics");
    assertThat(answer.status()).isEqualTo(200);
    Map<String, Double> values = new TreeMap<>();
    Map<String, String> types = new TreeMap<>();
    Map<String, String> help = new TreeMap<>();
    for (String line : answer.body().lines().toList()) {
      String[] words = line.split(" ");
      if (line.startsWith("# TYPE ")) {
        types.put(words[2], words[3]);
      } else if (line.startsWith("# HELP ")) {
        help.put(words[2], line.substring("# HELP ".length() + words[2].length()).strip());
      } else if (!line.startsWith("#")) {
        int end = line.lastIndexOf(' ');
        values.put(line.substring(0, end), Double.valueOf(line.substring(end + 1)));
      }
    }
    return new Scrape(values, types, help);
  }

  /** The value of a name with its labels; 0 where there is none. */
  public double get(String name) {
    return values.getOrDefault(name, 0.0);
  }
}
