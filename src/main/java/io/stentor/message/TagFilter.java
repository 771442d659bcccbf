package io.stentor.message;

import io.stentor.json.Fields;
import io.stentor.json.InvalidJson;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A condition on the tags of a publication: the filter of a subscription. The grammar is that of
 * {@code tf} in the Centrifuge protocol. Filters that are equal but for the order and repetition of
 * their parts are equal. Immutable; any thread.
 */
public final class TagFilter {

  /** Maximum number of comparisons and operators. */
  public static final int MAX_NODES = 64;

  /** Maximum depth of nesting; a single comparison has depth 1. */
  public static final int MAX_DEPTH = 8;

  /** Maximum number of values in all lists together. */
  public static final int MAX_LISTED = 256;

  /** Maximum length of all values together that tags are searched for, in characters. */
  public static final int MAX_SEARCHED_CHARACTERS = 256;

  /** Maximum length of a name or a value, in bytes of UTF-8. */
  public static final int MAX_STRING_BYTES = 256;

  /** The comparisons of a tag with a value, or with a list of values. */
  public enum Comparison {
    /** The tag exists and is equal. */
    EQ,
    /** The tag is missing or different. */
    NEQ,
    /** The tag is in the list; a missing one counts as empty. */
    IN,
    /** The tag is not in the list; a missing one counts as empty. */
    NIN,
    /** The tag exists. */
    EX,
    /** The tag is missing. */
    NEX,
    /** The tag starts with the value. */
    SW,
    /** The tag ends with the value. */
    EW,
    /** The tag contains the value. */
    CT,
    /** Both are decimals, and the tag is greater. */
    GT,
    /** Both are decimals, and the tag is greater or equal. */
    GTE,
    /** Both are decimals, and the tag is less. */
    LT,
    /** Both are decimals, and the tag is less or equal. */
    LTE;

    private final String word = name().toLowerCase(Locale.ROOT);

    private static Comparison of(String word) {
      for (Comparison one : values()) {
        if (one.word.equals(word)) {
          return one;
        }
      }
      throw new IllegalArgumentException(
          word.isEmpty()
              ? "a comparison of a filter has a cmp"
              : "the cmp of a filter is one of eq, neq, in, nin, ex, nex, sw, ew, ct, gt, gte, lt"
                  + " and lte");
    }

    private boolean takesList() {
      return this == IN || this == NIN;
    }

    private boolean takesNothing() {
      return this == EX || this == NEX;
    }
  }

  static final String TOO_DEEP = "a filter is nested at most " + MAX_DEPTH + " levels deep";

  private interface Condition {
    boolean holds(Map<String, String> tags);
  }

  private record Size(int nodes, int depth, int listed, int searched) {
    static Size of(List<TagFilter> parts) {
      int nodes = 1;
      int depth = 0;
      int listed = 0;
      int searched = 0;
      for (TagFilter part : parts) {
        nodes += part.size.nodes;
        depth = Math.max(depth, part.size.depth);
        listed += part.size.listed;
        searched += part.size.searched;
      }
      return new Size(nodes, depth + 1, listed, searched);
    }

    Size {
      check(nodes <= MAX_NODES, "a filter has at most " + MAX_NODES + " comparisons and operators");
      check(depth <= MAX_DEPTH, TOO_DEEP);
      check(listed <= MAX_LISTED, "a filter lists at most " + MAX_LISTED + " values");
      check(
          searched <= MAX_SEARCHED_CHARACTERS,
          "the values of all ct in a filter have at most "
              + MAX_SEARCHED_CHARACTERS
              + " characters");
    }
  }

  /** Of the filter as it was given. */
  private final Size size;

  private final Condition condition;

  /** The same for filters that are equal. */
  private final String canonical;

  /** The parts of an "and" or "or"; otherwise empty. */
  private final List<TagFilter> parts;

  private TagFilter(Size size, Condition condition, String canonical, List<TagFilter> parts) {
    this.size = size;
    this.condition = condition;
    this.canonical = canonical;
    this.parts = parts;
  }

  private static void check(boolean isValid, String rule) {
    if (!isValid) {
      throw new IllegalArgumentException(rule);
    }
  }

  /**
   * Reads a filter of the Centrifuge protocol: {@code {"key":"symbol","cmp":"eq","val":"ACME"}} or
   * {@code {"op":"and","nodes":[…]}}.
   *
   * @throws IllegalArgumentException if it is invalid; the message is one sentence that states the
   *     rule
   */
  public static TagFilter of(Fields fields) {
    try {
      return read(fields, 1);
    } catch (InvalidJson e) {
      throw new IllegalArgumentException("a filter is an object of op, nodes, key, cmp, val, vals");
    }
  }

  private static TagFilter read(Fields fields, int depth) {
    check(depth <= MAX_DEPTH, TOO_DEEP);
    String op = fields.text("op");
    if (op.isEmpty()) {
      Comparison comparison = Comparison.of(fields.text("cmp"));
      return compare(fields.text("key"), comparison, fields.text("val"), fields.texts("vals"));
    }
    List<TagFilter> nodes = new ArrayList<>();
    for (Fields node : fields.objects("nodes")) {
      nodes.add(read(node, depth + 1));
    }
    return switch (op) {
      case "and" -> all(nodes);
      case "or" -> any(nodes);
      case "not" -> {
        check(nodes.size() == 1, "not in a filter has one node");
        yield not(nodes.get(0));
      }
      default -> throw new IllegalArgumentException("the op of a filter is and, or or not");
    };
  }

  /**
   * Returns a filter that compares one tag.
   *
   * @param value empty for comparisons with a list or with nothing
   * @param list empty for comparisons with a value or with nothing
   * @throws IllegalArgumentException if something is missing, superfluous or too long
   */
  public static TagFilter compare(
      String tag, Comparison comparison, String value, List<String> list) {
    String name = comparison.word;
    check(!tag.isEmpty() || comparison.takesNothing(), name + " in a filter names a tag");
    checkLength(tag);
    checkLength(value);
    list.forEach(TagFilter::checkLength);
    if (comparison.takesList()) {
      check(!list.isEmpty() && value.isEmpty(), name + " in a filter has a list of values");
    } else if (comparison.takesNothing()) {
      check(list.isEmpty() && value.isEmpty(), name + " in a filter has no value");
    } else {
      check(list.isEmpty() && !value.isEmpty(), name + " in a filter has one value");
    }
    Set<String> values = new TreeSet<>(list);
    StringBuilder canonical = new StringBuilder(name);
    quote(tag, canonical);
    quote(value, canonical);
    values.forEach(one -> quote(one, canonical));
    return new TagFilter(
        new Size(1, 1, list.size(), comparison == Comparison.CT ? value.length() : 0),
        condition(tag, comparison, value, values),
        canonical.toString(),
        List.of());
  }

  private static void checkLength(String text) {
    check(
        text.length() <= MAX_STRING_BYTES
            && text.getBytes(StandardCharsets.UTF_8).length <= MAX_STRING_BYTES,
        "a name or value in a filter has at most " + MAX_STRING_BYTES + " bytes");
  }

  /** Appends a string so that no other sequence of strings looks the same. */
  private static void quote(String text, StringBuilder out) {
    out.append(' ').append(text.length()).append(':').append(text);
  }

  private static Condition condition(
      String tag, Comparison comparison, String value, Set<String> list) {
    return switch (comparison) {
      case EQ -> tags -> value.equals(tags.get(tag));
      case NEQ -> tags -> !value.equals(tags.get(tag));
      case IN -> tags -> list.contains(tags.getOrDefault(tag, ""));
      case NIN -> tags -> !list.contains(tags.getOrDefault(tag, ""));
      case EX -> tags -> tags.containsKey(tag);
      case NEX -> tags -> !tags.containsKey(tag);
      // A missing tag has none of these values, because they are not empty.
      case SW -> tags -> tags.getOrDefault(tag, "").startsWith(value);
      case EW -> tags -> tags.getOrDefault(tag, "").endsWith(value);
      case CT -> tags -> tags.getOrDefault(tag, "").contains(value);
      case GT, GTE, LT, LTE -> new DecimalCondition(tag, comparison, decimal(value));
    };
  }

  private record DecimalCondition(String tag, Comparison comparison, @Nullable BigDecimal value)
      implements Condition {
    @Override
    public boolean holds(Map<String, String> tags) {
      BigDecimal actual = value == null ? null : decimal(tags.getOrDefault(tag, ""));
      if (value == null || actual == null) {
        return false;
      }
      int difference = actual.compareTo(value);
      return switch (comparison) {
        case GT -> difference > 0;
        case GTE -> difference >= 0;
        case LT -> difference < 0;
        default -> difference <= 0;
      };
    }
  }

  private static final int MAX_DECIMAL_CHARACTERS = 200;
  private static final int MAX_FRACTION_DIGITS = 19;

  /**
   * Parses a decimal: an optional sign, digits, and optionally a point and at most 19 digits.
   *
   * @return null if the text is none, or has more than 200 characters
   */
  private static @Nullable BigDecimal decimal(String text) {
    int length = text.length();
    int begin = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    int point = -1;
    for (int i = begin; i < length; i++) {
      char one = text.charAt(i);
      if (one == '.' && point < 0 && i > begin) {
        point = i;
      } else if (one < '0' || one > '9') {
        return null;
      }
    }
    int fraction = point < 0 ? 1 : length - point - 1;
    boolean isDecimal =
        length > begin
            && length <= MAX_DECIMAL_CHARACTERS
            && fraction > 0
            && fraction <= MAX_FRACTION_DIGITS;
    return isDecimal ? new BigDecimal(text) : null;
  }

  /**
   * Returns a filter that matches what all of these match.
   *
   * @throws IllegalArgumentException if there is none or the result is too large
   */
  public static TagFilter all(List<TagFilter> filters) {
    return combined("and", filters);
  }

  /**
   * Returns a filter that matches what any of these matches.
   *
   * @throws IllegalArgumentException if there is none or the result is too large
   */
  public static TagFilter any(List<TagFilter> filters) {
    return combined("or", filters);
  }

  private static TagFilter combined(String op, List<TagFilter> filters) {
    check(!filters.isEmpty(), op + " in a filter has at least one node");
    Size size = Size.of(filters);
    Map<String, TagFilter> distinct = new TreeMap<>();
    for (TagFilter filter : filters) {
      // Parts of the same operator are moved up.
      boolean same = !filter.parts.isEmpty() && filter.canonical.startsWith(op + "(");
      (same ? filter.parts : List.of(filter)).forEach(one -> distinct.put(one.canonical, one));
    }
    List<TagFilter> parts = List.copyOf(distinct.values());
    if (parts.size() == 1) {
      TagFilter only = parts.get(0);
      return new TagFilter(size, only.condition, only.canonical, only.parts);
    }
    // What is cheap to decide comes first.
    TagFilter[] inOrder = parts.toArray(TagFilter[]::new);
    Arrays.sort(inOrder, Comparator.comparingInt(one -> one.size.nodes));
    boolean and = op.equals("and");
    Condition condition =
        tags -> {
          for (TagFilter part : inOrder) {
            if (part.condition.holds(tags) != and) {
              return !and;
            }
          }
          return and;
        };
    String canonical = op + "(" + String.join(")(", distinct.keySet()) + ")";
    return new TagFilter(size, condition, canonical, parts);
  }

  /**
   * Returns a filter that matches what this one does not.
   *
   * @throws IllegalArgumentException if the result is too large
   */
  public static TagFilter not(TagFilter filter) {
    Size size = Size.of(List.of(filter));
    Condition condition = filter.condition;
    return new TagFilter(
        size, tags -> !condition.holds(tags), "not(" + filter.canonical + ")", List.of());
  }

  /** Returns whether a publication with these tags matches. */
  public boolean matches(Map<String, String> tags) {
    return condition.holds(tags);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TagFilter filter && canonical.equals(filter.canonical);
  }

  @Override
  public int hashCode() {
    return canonical.hashCode();
  }

  /** Returns the canonical form, for logs and tests. */
  @Override
  public String toString() {
    return canonical;
  }
}
