package io.stentor.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.json.JsonFields;
import io.stentor.message.TagFilter.Comparison;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagFilterTest {
  private static final String SENTENCE = "[^.]+";

  private static TagFilter of(JsonObject json) {
    return TagFilter.of(JsonFields.of(json.toBuffer().getBytes()));
  }

  private static TagFilter of(String json) {
    return of(new JsonObject(json.replace('\'', '"')));
  }

  @Property(tries = 3000)
  void a_filter_matches_what_the_table_of_the_protocol_says(@ForAll long seed) {
    Random random = new Random(seed);
    JsonObject json = RandomFilters.filter(random, 4);
    TagFilter filter = of(json);
    for (int i = 0; i < 20; i++) {
      Map<String, String> tags = RandomFilters.tags(random);
      assertThat(filter.matches(tags))
          .as("%s of %s", json, tags)
          .isEqualTo(RandomFilters.matches(json, tags));
    }
  }

  @Property(tries = 1000)
  void filters_are_equal_whatever_the_order_of_their_parts(@ForAll long seed) {
    Random random = new Random(seed);
    JsonObject json = RandomFilters.filter(random, 3);
    TagFilter filter = of(json);
    TagFilter same = of(RandomFilters.shuffled(json, random));
    assertThat(same).isEqualTo(filter).hasSameHashCodeAs(filter);
  }

  @Property(tries = 2000)
  void equal_filters_match_the_same(@ForAll long seed) {
    Random random = new Random(seed);
    JsonObject one = RandomFilters.filter(random, 2);
    JsonObject other = RandomFilters.filter(random, 2);
    if (of(one).equals(of(other))) {
      Map<String, String> tags = RandomFilters.tags(random);
      assertThat(RandomFilters.matches(one, tags)).isEqualTo(RandomFilters.matches(other, tags));
    }
  }

  @Test
  void strings_that_look_alike_make_different_filters() {
    TagFilter one = TagFilter.compare("a", Comparison.IN, "", List.of("b 1:c"));
    TagFilter two = TagFilter.compare("a", Comparison.IN, "", List.of("b", "c"));
    TagFilter three = TagFilter.compare("a 1:b", Comparison.EQ, "c", List.of());
    TagFilter four = TagFilter.compare("a", Comparison.EQ, "b 1:c", List.of());
    assertThat(List.of(one, two, three, four)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({"1,1.0,false", "1.0,1,false", "2,1,true", "10,9,true", "+2,1,true", "-1,-2,true"})
  void numbers_are_compared_as_decimals(String tag, String value, boolean greater) {
    TagFilter filter = TagFilter.compare("a", Comparison.GT, value, List.of());
    assertThat(filter.matches(Map.of("a", tag))).isEqualTo(greater);
  }

  @ParameterizedTest
  @CsvSource({
    "1e5",
    ".5",
    "5.",
    "''",
    "-",
    "+-5",
    "1.2.3",
    "0x10",
    "NaN",
    "5.00000000000000000000"
  })
  void what_is_no_decimal_is_neither_less_nor_greater(String tag) {
    for (Comparison one : List.of(Comparison.GT, Comparison.GTE, Comparison.LT, Comparison.LTE)) {
      TagFilter filter = TagFilter.compare("a", one, "3", List.of());
      assertThat(filter.matches(Map.of("a", tag))).isFalse();
    }
  }

  @Test
  void a_number_is_compared_up_to_200_characters() {
    TagFilter filter = TagFilter.compare("a", Comparison.GT, "3", List.of());
    assertThat(filter.matches(Map.of("a", "9".repeat(200)))).isTrue();
    assertThat(filter.matches(Map.of("a", "9".repeat(201)))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|a comparison of a filter has a cmp",
        "{'key':'a'}|a comparison of a filter has a cmp",
        "{'key':'a','cmp':'is','val':'x'}|the cmp of a filter is one of",
        "{'key':'a','cmp':'eq'}|eq in a filter has one value",
        "{'key':'a','cmp':'eq','val':'x','vals':['y']}|eq in a filter has one value",
        "{'key':'a','cmp':'gt','val':''}|gt in a filter has one value",
        "{'key':'a','cmp':'in','val':'x'}|in in a filter has a list of values",
        "{'key':'a','cmp':'nin'}|nin in a filter has a list of values",
        "{'key':'a','cmp':'ex','val':'x'}|ex in a filter has no value",
        "{'cmp':'eq','val':'x'}|eq in a filter names a tag",
        "{'op':'and'}|and in a filter has at least one node",
        "{'op':'not','nodes':[]}|not in a filter has one node",
        "{'op':'xor','nodes':[{'key':'a','cmp':'ex'}]}|the op of a filter is and, or or not",
        "{'op':'and','nodes':{}}|a filter is an object of op, nodes, key, cmp, val, vals",
        "{'key':1,'cmp':'ex'}|a filter is an object of op, nodes, key, cmp, val, vals",
      })
  void an_invalid_filter_is_refused_with_one_sentence(String json, String rule) {
    assertThatThrownBy(() -> of(json))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(rule)
        .message()
        .matches(SENTENCE);
  }

  @Test
  void a_tag_without_a_name_can_exist_or_not() {
    assertThat(of("{'cmp':'nex'}").matches(Map.of("a", "x"))).isTrue();
  }

  @Test
  void a_filter_has_at_most_64_nodes() {
    JsonArray nodes = new JsonArray();
    for (int i = 0; i < 63; i++) {
      nodes.add(new JsonObject().put("key", "a" + i).put("cmp", "ex"));
    }
    JsonObject most = new JsonObject().put("op", "and").put("nodes", nodes);
    of(most);
    nodes.add(new JsonObject().put("key", "a").put("cmp", "ex"));
    assertRefused(most, "at most 64 comparisons and operators");
  }

  @Test
  void tags_are_searched_for_at_most_256_characters() {
    JsonObject half = new JsonObject().put("key", "a").put("cmp", "ct").put("val", "x".repeat(128));
    JsonArray nodes = new JsonArray().add(half).add(half);
    JsonObject most = new JsonObject().put("op", "or").put("nodes", nodes);
    of(most);
    nodes.add(new JsonObject().put("key", "a").put("cmp", "ct").put("val", "y"));
    assertRefused(most, "the values of all ct in a filter have at most 256 characters");
  }

  @Test
  void repeated_nodes_count_as_well() {
    JsonObject node = new JsonObject().put("key", "a").put("cmp", "ex");
    JsonArray nodes = new JsonArray(Collections.nCopies(64, node));
    assertRefused(
        new JsonObject().put("op", "or").put("nodes", nodes),
        "at most 64 comparisons and operators");
  }

  @Test
  void a_filter_is_nested_at_most_8_levels_deep() {
    JsonObject filter = new JsonObject().put("key", "a").put("cmp", "ex");
    for (int i = 0; i < 7; i++) {
      filter = new JsonObject().put("op", "and").put("nodes", new JsonArray().add(filter));
    }
    of(filter);
    JsonObject deeper = new JsonObject().put("op", "not").put("nodes", new JsonArray().add(filter));
    assertRefused(deeper, "nested at most 8 levels deep");
  }

  @Test
  void lists_have_at_most_256_values_together() {
    JsonObject half =
        new JsonObject()
            .put("key", "a")
            .put("cmp", "in")
            .put("vals", new JsonArray(Collections.nCopies(128, "x")));
    JsonArray nodes = new JsonArray().add(half).add(half);
    JsonObject filter = new JsonObject().put("op", "or").put("nodes", nodes);
    of(filter);
    nodes.add(
        new JsonObject().put("key", "a").put("cmp", "nin").put("vals", new JsonArray("[\"\"]")));
    assertRefused(filter, "lists at most 256 values");
  }

  @Test
  void a_string_has_at_most_256_bytes() {
    JsonObject filter =
        new JsonObject().put("key", "a").put("cmp", "eq").put("val", "é".repeat(128));
    of(filter);
    assertRefused(filter.put("val", "é".repeat(129)), "at most 256 bytes");
    assertRefused(filter.put("val", "x").put("key", "k".repeat(257)), "at most 256 bytes");
  }

  private static void assertRefused(JsonObject filter, String rule) {
    assertThatThrownBy(() -> of(filter))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(rule)
        .message()
        .matches(SENTENCE);
  }
}
