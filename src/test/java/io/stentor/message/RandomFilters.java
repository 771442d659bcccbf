package io.stentor.message;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Random filters as JSON, random tags, and what matches by the table of the protocol. */
public final class RandomFilters {
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final List<String> VALUES =
      List.of(
          "x",
          "xy",
          "yx",
          "y",
          "0",
          "1",
          "01",
          "1.0",
          "-1",
          "+1",
          "10",
          "9",
          "1.",
          ".5",
          "1e1",
          "1.5",
          "99999999999999999999.5",
          "",
          "é",
          "(",
          "'");
  private static final Pattern DECIMAL = Pattern.compile("[+-]?[0-9]+(\\.[0-9]{1,19})?");
  private static final List<String> WITH_VALUE =
      List.of("eq", "neq", "sw", "ew", "ct", "gt", "gte", "lt", "lte");

  private RandomFilters() {}

  /** Up to three tags. */
  public static Map<String, String> tags(Random random) {
    Map<String, String> tags = new TreeMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      tags.put(one(NAMES, random), one(VALUES, random));
    }
    return tags;
  }

  /** A valid filter with at most so many levels. */
  public static JsonObject filter(Random random, int depth) {
    if (depth > 1 && random.nextBoolean()) {
      String op = one(List.of("and", "or", "not"), random);
      JsonArray nodes = new JsonArray();
      for (int i = op.equals("not") ? 1 : 1 + random.nextInt(3); i > 0; i--) {
        nodes.add(filter(random, depth - 1));
      }
      return new JsonObject().put("op", op).put("nodes", nodes);
    }
    JsonObject leaf = new JsonObject().put("key", one(NAMES, random));
    int kind = random.nextInt(WITH_VALUE.size() + 4);
    if (kind < WITH_VALUE.size()) {
      String value = one(VALUES, random);
      return leaf.put("cmp", WITH_VALUE.get(kind)).put("val", value.isEmpty() ? "z" : value);
    }
    if (random.nextBoolean()) {
      return leaf.put("cmp", one(List.of("ex", "nex"), random));
    }
    JsonArray values = new JsonArray();
    IntStream.rangeClosed(0, random.nextInt(3)).forEach(i -> values.add(one(VALUES, random)));
    return leaf.put("cmp", one(List.of("in", "nin"), random)).put("vals", values);
  }

  /** The same filter in another order and with repetitions. */
  public static JsonObject shuffled(JsonObject filter, Random random) {
    JsonObject copy = filter.copy();
    for (String list : List.of("nodes", "vals")) {
      JsonArray old = copy.getJsonArray(list);
      if (old != null) {
        List<Object> all = new ArrayList<>();
        old.forEach(one -> all.add(one instanceof JsonObject node ? shuffled(node, random) : one));
        if (!"not".equals(copy.getString("op")) && random.nextBoolean()) {
          all.add(all.get(random.nextInt(all.size())));
        }
        Collections.shuffle(all, random);
        copy.put(list, new JsonArray(all));
      }
    }
    return copy;
  }

  /** Whether tags match, without any of the code that is tested. */
  public static boolean matches(JsonObject filter, Map<String, String> tags) {
    JsonArray nodes = filter.getJsonArray("nodes");
    switch (filter.getString("op", "")) {
      case "and":
        return nodes.stream().allMatch(node -> matches((JsonObject) node, tags));
      case "or":
        return nodes.stream().anyMatch(node -> matches((JsonObject) node, tags));
      case "not":
        return !matches(nodes.getJsonObject(0), tags);
      default:
        return matches(
            tags.get(filter.getString("key")),
            filter.getString("cmp"),
            filter.getString("val", ""),
            filter.getJsonArray("vals", new JsonArray()));
    }
  }

  private static boolean matches(String tag, String cmp, String val, JsonArray vals) {
    if (List.of("nin", "neq", "nex").contains(cmp)) {
      return !matches(tag, cmp.substring(1), val, vals);
    }
    if (cmp.equals("in")) {
      return vals.contains(tag == null ? "" : tag);
    }
    if (tag == null) {
      return false;
    }
    String sign =
        DECIMAL.matcher(tag).matches() && DECIMAL.matcher(val).matches()
            ? Integer.toString(new BigDecimal(tag).subtract(new BigDecimal(val)).signum())
            : "none";
    return switch (cmp) {
      case "ex" -> true;
      case "eq" -> tag.equals(val);
      case "sw" -> Pattern.matches("(?s)" + Pattern.quote(val) + ".*", tag);
      case "ew" -> Pattern.matches("(?s).*" + Pattern.quote(val), tag);
      case "ct" -> tag.indexOf(val) >= 0;
      case "gt" -> sign.equals("1");
      case "gte" -> Arrays.asList("0", "1").contains(sign);
      case "lt" -> sign.equals("-1");
      case "lte" -> Arrays.asList("0", "-1").contains(sign);
      default -> throw new IllegalArgumentException(cmp);
    };
  }

  private static <T> T one(List<T> of, Random random) {
    return of.get(random.nextInt(of.size()));
  }
}
