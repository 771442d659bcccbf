package io.stentor.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.json.JsonFields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterQueryTest {
  private static final Map<String, String> OPERATORS =
      Map.ofEntries(
          Map.entry("eq", "=="),
          Map.entry("neq", "!="),
          Map.entry("in", "=in="),
          Map.entry("nin", "=out="),
          Map.entry("sw", "=sw="),
          Map.entry("ew", "=ew="),
          Map.entry("ct", "=ct="),
          Map.entry("gt", "=gt="),
          Map.entry("gte", "=ge="),
          Map.entry("lt", "=lt="),
          Map.entry("lte", "=le="));

  @Property(tries = 2000)
  void a_query_means_the_same_as_the_json(@ForAll long seed) {
    Random random = new Random(seed);
    JsonObject json = RandomFilters.filter(random, 3);
    if (json.encode().contains("\"not\"")) {
      return; // RSQL has no such operator.
    }
    TagFilter filter = TagFilter.of(JsonFields.of(json.toBuffer().getBytes()));
    assertThat(FilterQuery.parse(query(json, random))).isEqualTo(filter);
    assertThat(FilterQuery.parse(json.encode())).isEqualTo(filter);
  }

  private static String query(JsonObject json, Random random) {
    JsonArray nodes = json.getJsonArray("nodes");
    if (nodes != null) {
      String between = json.getString("op").equals("and") ? ";" : ",";
      return nodes.stream()
          .map(node -> query((JsonObject) node, random))
          .collect(Collectors.joining(between, "(", ")"));
    }
    String key = json.getString("key");
    String cmp = json.getString("cmp");
    JsonArray vals = json.getJsonArray("vals");
    if (vals != null) {
      return vals.stream()
          .map(one -> text((String) one, random))
          .collect(Collectors.joining(",", key + OPERATORS.get(cmp) + "(", ")"));
    }
    return cmp.endsWith("ex")
        ? key + "=ex=" + cmp.equals("ex")
        : key + OPERATORS.get(cmp) + text(json.getString("val"), random);
  }

  private static String text(String value, Random random) {
    if (!value.isEmpty() && !value.matches(".*[('].*") && random.nextBoolean()) {
      return value;
    }
    return random.nextBoolean()
        ? "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        : '"' + value + '"';
  }

  @Test
  void and_binds_more_than_or_and_parentheses_change_that() {
    Map<String, String> onlyA = Map.of("a", "1");
    assertThat(FilterQuery.parse("a==1,b==2;c==3").matches(onlyA)).isTrue();
    assertThat(FilterQuery.parse("(a==1,b==2);c==3").matches(onlyA)).isFalse();
  }

  @Test
  void a_star_has_no_special_meaning() {
    assertThat(FilterQuery.parse("a==x*").matches(Map.of("a", "xy"))).isFalse();
    assertThat(FilterQuery.parse("a==x*").matches(Map.of("a", "x*"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|the name of a tag at character 1",
        "a|one of == != =in= =out= =ex= =sw= =ew= =ct= =gt= =ge= =lt= =le= at character 2",
        "a=1|one of ==",
        "a=is=1|one of ==",
        "a==|a value at character 4",
        "a==1;|the name of a tag at character 6",
        "a==1)|a ; or a , or the end at character 5",
        "(a==1|a ) at character 6",
        "a=in=x|a ( before a list at character 6",
        "a=in=(x|a , or a ) after a value of a list at character 8",
        "a=in=()|a value at character 7",
        "a=='x|a closing quote at character 6",
        "a=ex=yes|true or false at character 6",
        "a==1 and b==2|a ; or a , or the end at character 5",
      })
  void an_error_says_what_is_needed_and_where(String query, String needed) {
    assertThatThrownBy(() -> FilterQuery.parse(query))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a filter needs " + needed);
  }

  @Test
  void parentheses_are_nested_at_most_8_levels_deep() {
    assertThatThrownBy(() -> FilterQuery.parse("(".repeat(5000)))
        .hasMessage("a filter is nested at most 8 levels deep");
    assertThatThrownBy(() -> FilterQuery.parse("{"))
        .hasMessage("a filter that begins with { is one JSON object");
    assertThatThrownBy(() -> FilterQuery.parse("a==''")).hasMessage("eq in a filter has one value");
  }

  @Property(tries = 5000)
  void anything_is_parsed_or_refused_with_one_sentence(@ForAll long seed) {
    Random random = new Random(seed);
    String characters = "ab=!();,'\"\\ {}<>~é0inoutexswgt";
    StringBuilder query = new StringBuilder();
    for (int i = random.nextInt(40); i > 0; i--) {
      query.append(characters.charAt(random.nextInt(characters.length())));
    }
    try {
      FilterQuery.parse(query.toString()).matches(RandomFilters.tags(random));
    } catch (IllegalArgumentException e) {
      assertThat(e).isExactlyInstanceOf(IllegalArgumentException.class);
      assertThat(e.getMessage().getBytes(StandardCharsets.UTF_8)).hasSizeBetween(10, 200);
    }
  }
}
