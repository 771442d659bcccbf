package io.stentor.message;

import io.stentor.json.InvalidJson;
import io.stentor.json.JsonFields;
import io.stentor.message.TagFilter.Comparison;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Parses the query parameter {@code filter}: RSQL, such as {@code
 * symbol==ACME;(price=gt=100,alert=ex=true)}, or the JSON of {@link TagFilter#of}.
 *
 * <pre>
 * or         = and *( "," and )
 * and        = part *( ";" part )
 * part       = "(" or ")" / text operator ( text / "(" text *( "," text ) ")" )
 * operator   = "==" / "!=" / "=" name "="
 * text       = 1*unreserved / "'" *any "'" / '"' *any '"', in quotes with \ before a quote or \
 * unreserved = none of " ' ( ) ; , = ! ~ &lt; &gt; and space
 * </pre>
 */
public final class FilterQuery {

  private static final String RESERVED = "\"'();,=!~<> ";

  /** Comparisons by their operator; those that exist and do not exist take true or false. */
  private static final Map<String, Comparison> OPERATORS =
      Map.ofEntries(
          Map.entry("==", Comparison.EQ),
          Map.entry("!=", Comparison.NEQ),
          Map.entry("=in=", Comparison.IN),
          Map.entry("=out=", Comparison.NIN),
          Map.entry("=ex=", Comparison.EX),
          Map.entry("=sw=", Comparison.SW),
          Map.entry("=ew=", Comparison.EW),
          Map.entry("=ct=", Comparison.CT),
          Map.entry("=gt=", Comparison.GT),
          Map.entry("=ge=", Comparison.GTE),
          Map.entry("=lt=", Comparison.LT),
          Map.entry("=le=", Comparison.LTE));

  private final String query;
  private int next;

  private FilterQuery(String query) {
    this.query = query;
  }

  /**
   * Parses a filter.
   *
   * @throws IllegalArgumentException if it is invalid; the message is one sentence that states the
   *     rule
   */
  public static TagFilter parse(String query) {
    if (query.startsWith("{")) {
      return json(query);
    }
    FilterQuery parser = new FilterQuery(query);
    TagFilter filter = parser.or(1);
    parser.require(parser.next == query.length(), "a ; or a , or the end");
    return filter;
  }

  private static TagFilter json(String query) {
    try {
      return TagFilter.of(JsonFields.of(query.getBytes(StandardCharsets.UTF_8)));
    } catch (InvalidJson e) {
      throw new IllegalArgumentException("a filter that begins with { is one JSON object");
    }
  }

  private TagFilter or(int depth) {
    List<TagFilter> parts = new ArrayList<>();
    do {
      parts.add(and(depth));
    } while (take(','));
    return parts.size() == 1 ? parts.get(0) : TagFilter.any(parts);
  }

  private TagFilter and(int depth) {
    List<TagFilter> parts = new ArrayList<>();
    do {
      parts.add(part(depth));
    } while (take(';'));
    return parts.size() == 1 ? parts.get(0) : TagFilter.all(parts);
  }

  private TagFilter part(int depth) {
    if (!take('(')) {
      return comparison();
    }
    if (depth >= TagFilter.MAX_DEPTH) {
      throw new IllegalArgumentException(TagFilter.TOO_DEEP);
    }
    TagFilter inside = or(depth + 1);
    require(take(')'), "a )");
    return inside;
  }

  private TagFilter comparison() {
    String tag = text("the name of a tag");
    Comparison comparison = operator();
    if (comparison == Comparison.IN || comparison == Comparison.NIN) {
      return TagFilter.compare(tag, comparison, "", list());
    }
    int at = next;
    String value = text("a value");
    if (comparison != Comparison.EX) {
      return TagFilter.compare(tag, comparison, value, List.of());
    }
    if (value.equals("false")) {
      return TagFilter.compare(tag, Comparison.NEX, "", List.of());
    }
    next = value.equals("true") ? next : at;
    require(value.equals("true"), "true or false");
    return TagFilter.compare(tag, Comparison.EX, "", List.of());
  }

  private Comparison operator() {
    int end = query.indexOf('=', next + 1);
    Comparison comparison = end < 0 ? null : OPERATORS.get(query.substring(next, end + 1));
    if (comparison == null) {
      throw needs("one of == != =in= =out= =ex= =sw= =ew= =ct= =gt= =ge= =lt= =le=");
    }
    next = end + 1;
    return comparison;
  }

  private List<String> list() {
    require(take('('), "a ( before a list");
    List<String> values = new ArrayList<>();
    do {
      values.add(text("a value"));
    } while (take(','));
    require(take(')'), "a , or a ) after a value of a list");
    return values;
  }

  private boolean take(char expected) {
    if (next < query.length() && query.charAt(next) == expected) {
      next++;
      return true;
    }
    return false;
  }

  private String text(String what) {
    if (take('\'')) {
      return quoted('\'');
    }
    if (take('"')) {
      return quoted('"');
    }
    int begin = next;
    while (next < query.length() && RESERVED.indexOf(query.charAt(next)) < 0) {
      next++;
    }
    require(next > begin, what);
    return query.substring(begin, next);
  }

  private String quoted(char quote) {
    StringBuilder text = new StringBuilder();
    while (next < query.length() && query.charAt(next) != quote) {
      next += query.charAt(next) == '\\' && next + 1 < query.length() ? 1 : 0;
      text.append(query.charAt(next++));
    }
    require(take(quote), "a closing quote");
    return text.toString();
  }

  private void require(boolean isThere, String what) {
    if (!isThere) {
      throw needs(what);
    }
  }

  private IllegalArgumentException needs(String what) {
    return new IllegalArgumentException("a filter needs " + what + " at character " + (next + 1));
  }
}
