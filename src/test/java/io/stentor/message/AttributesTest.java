package io.stentor.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AttributesTest {

  @Property(tries = 300)
  void attributes_are_the_same_after_decoding(@ForAll long seed) {
    Attributes attributes = RandomAttributes.of(new Random(seed));
    Attributes there = Attributes.decoded(attributes.encoded());
    assertThat(there).usingRecursiveComparison().isEqualTo(attributes);
    assertThat(there).isEqualTo(attributes).hasSameHashCodeAs(attributes);
  }

  @Property(tries = 300)
  void attributes_of_a_newer_version_survive_decoding_and_changes(@ForAll long seed) {
    Random random = new Random(seed);
    Attributes newer = RandomAttributes.withNewer(RandomAttributes.of(random), random);
    assertThat(Attributes.decoded(newer.encoded()).encoded()).isEqualTo(newer.encoded());
    Attributes changed = newer.withEvent("other");
    int unknown = newer.encoded().length - newer.withEvent("other").encoded().length;
    assertThat(changed.encoded().length + unknown).isEqualTo(newer.encoded().length);
    assertThat(Attributes.decoded(changed.encoded())).isEqualTo(changed);
  }

  @Property(tries = 300)
  void damaged_attributes_are_refused_or_decoded_but_never_taken_for_more_memory(
      @ForAll long seed) {
    Random random = new Random(seed);
    byte[] encoded = RandomAttributes.of(random).withEvent("e").encoded();
    byte[] cut = Arrays.copyOf(encoded, random.nextInt(encoded.length));
    try {
      assertThat(Attributes.decoded(cut).encoded()).hasSizeLessThanOrEqualTo(cut.length);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessage("the attributes of a message are damaged");
    }
  }

  @Test
  void an_absurd_length_is_refused_before_memory_is_allocated() {
    byte[] encoded = {1, 127, -1, -1, -1};
    assertThatIllegalArgumentException().isThrownBy(() -> Attributes.decoded(encoded));
  }

  @Test
  void without_attributes_nothing_is_stored() {
    assertThat(Attributes.NONE.encoded()).isEmpty();
    assertThat(Attributes.decoded(new byte[0])).isSameAs(Attributes.NONE);
    assertThat(Publication.text("hello", 0).weight()).isEqualTo(5);
  }

  @Test
  void attributes_count_towards_the_weight_of_a_message() {
    Attributes attributes = Attributes.NONE.withTags(Map.of("a", "b"));
    Publication publication = Publication.text("hello", 0).with(attributes);
    assertThat(publication.weight()).isEqualTo(5 + attributes.bytes());
    assertThat(publication.with("other").attributes()).isEqualTo(attributes);
    assertThat(publication.asText().attributes()).isEqualTo(attributes);
  }

  @Test
  void every_attribute_has_a_limit() {
    Attributes none = Attributes.NONE;
    assertThat(none.withEvent("😀".repeat(200)).event()).hasSize(400);
    assertThatIllegalArgumentException().isThrownBy(() -> none.withEvent("e".repeat(201)));
    assertThatIllegalArgumentException().isThrownBy(() -> none.withEvent(""));
    assertThatIllegalArgumentException().isThrownBy(() -> none.withEvent("a\nb"));
    Map<String, String> tags = new LinkedHashMap<>();
    for (int i = 0; i < Attributes.MAX_TAGS; i++) {
      tags.put("tag" + i, "v".repeat(256));
    }
    assertThat(none.withTags(tags).tags()).hasSize(16);
    tags.put("one more", "");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.withTags(tags))
        .withMessage("a message has at most 16 tags");
    assertThatIllegalArgumentException().isThrownBy(() -> none.withTags(Map.of("", "v")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.withTags(Map.of("é".repeat(33), "v")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.withTags(Map.of("t", "v".repeat(257))));
    assertThatIllegalArgumentException().isThrownBy(() -> none.withTags(Map.of("t", "\ud800")));
    assertThatIllegalArgumentException().isThrownBy(() -> none.withExclude(""));
    assertThatIllegalArgumentException().isThrownBy(() -> none.withExclude("x".repeat(129)));
    assertThatIllegalArgumentException().isThrownBy(() -> none.withVersion(1, "x".repeat(129)));
  }
}
