package io.stentor.centrifuge.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.json.Utf8;
import io.stentor.support.FossilPatch;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Patches, applied by another implementation. */
class FossilDeltaTest {
  private static final int ANY_LENGTH = Integer.MAX_VALUE;

  private static String patch(String base, String target) {
    byte[] patch = FossilDelta.patch(base.getBytes(UTF_8), target.getBytes(UTF_8), true, 1 << 20);
    assertThat(patch).isNotNull();
    assertThat(FossilPatch.apply(base.getBytes(UTF_8), patch)).asString(UTF_8).isEqualTo(target);
    return new String(patch, UTF_8);
  }

  @Example
  void one_changed_field_is_two_copies_and_an_insert() {
    String base = "{\"price\":100,\"symbol\":\"ABCDEFGH\",\"note\":\"unchanged part\"}";
    assertThat(patch(base, base.replace("100", "101"))).isEqualTo("u\nB@0,1:1i@C,3IDPaN;");
    assertThat(patch(base, base)).isEqualTo("u\nu@0,3IDPaM;");
  }

  @Example
  void what_has_nothing_in_common_is_one_insert() {
    assertThat(patch("", "abc")).isEqualTo("3\n3:abc1XObC0;");
    assertThat(patch("abc", "")).isEqualTo("0\n0;");
    assertThat(patch("aaaa", "bbbb")).startsWith("4\n4:bbbb");
  }

  @Example
  void several_changed_fields_are_found_each() {
    StringBuilder base = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      base.append("\"field").append(i).append("\":").append(1000 + i).append(',');
    }
    String target = base.toString().replace(":1007,", ":7,").replace(":1033,", ":103333,");
    assertThat(patch(base.toString(), target).length()).isLessThan(60);
  }

  @Example
  void parts_that_have_moved_are_found() {
    String one = "the first part of some text, which is long enough. ";
    String two = "another part, which is quite different from that. ";
    String three = "Finally, something about an old fox and a lazy dog. ";
    assertThat(patch(one + two + three, three + one + two).length()).isLessThan(40);
  }

  @Example
  void inserts_of_text_end_between_characters() {
    // è and é begin with the same byte.
    assertThat(patch("the café au lait is cold", "the cafè au lait is cold"))
        .isEqualTo("P\n7@0,2:èG@9,2OrbUW;");
  }

  @Example
  void a_patch_that_would_be_longer_than_allowed_is_not_made() {
    byte[] base = "0123456789 abcdefghijklmnopqrstuvwxyz".getBytes(UTF_8);
    byte[] target = "0123456789.abcdefghijklmnopqrstuvwxyz".getBytes(UTF_8);
    byte[] patch = FossilDelta.patch(base, target, true, ANY_LENGTH);
    assertThat(patch).isNotNull();
    assertThat(FossilDelta.patch(base, target, true, patch.length)).isEqualTo(patch);
    assertThat(FossilDelta.patch(base, target, true, patch.length - 1)).isNull();
    assertThat(FossilDelta.patch(base, target, true, 0)).isNull();
    assertThat(FossilDelta.patch(base, target, true, -5)).isNull();
  }

  @Example
  void no_patch_is_made_of_or_for_a_very_long_message() {
    byte[] most = new byte[FossilDelta.MAX_BYTES];
    byte[] more = new byte[FossilDelta.MAX_BYTES + 1];
    assertThat(FossilDelta.patch(most, most, false, 100)).isNotNull();
    assertThat(FossilDelta.patch(most, more, false, 100)).isNull();
    assertThat(FossilDelta.patch(more, most, false, 100)).isNull();
  }

  @Example
  void the_decoder_of_these_tests_is_strict() {
    byte[] base = "0123456789abcdef".getBytes(UTF_8);
    for (String wrong : new String[] {"", "3", "3\n3:abc1XObC1;", "4\n3:abc1XObC0;", "3\n3@E,0;"}) {
      assertThatThrownBy(() -> FossilPatch.apply(base, wrong.getBytes(UTF_8)))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Property
  void any_edits_of_text_are_patched(@ForAll long seed) {
    Random random = new Random(seed);
    String base = text(random, random.nextInt(random.nextBoolean() ? 60 : 3000));
    String target = base;
    for (int edits = random.nextInt(6); edits > 0; edits--) {
      target = edited(target, random);
    }
    byte[] patch =
        FossilDelta.patch(base.getBytes(UTF_8), target.getBytes(UTF_8), true, ANY_LENGTH);
    assertThat(patch).isNotNull();
    assertThat(Utf8.isValid(patch)).isTrue();
    assertThat(FossilPatch.apply(base.getBytes(UTF_8), patch)).asString(UTF_8).isEqualTo(target);
  }

  private static String text(Random random, int length) {
    String alphabet = random.nextBoolean() ? "aé" : "{\"price\":12.5,é你😀x}";
    int[] characters = alphabet.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(characters[random.nextInt(characters.length)]);
    }
    return text.toString();
  }

  private static String edited(String text, Random random) {
    int[] all = text.codePoints().toArray();
    int from = random.nextInt(all.length + 1);
    int to = from + random.nextInt(Math.min(40, all.length - from) + 1);
    String head = new String(all, 0, from);
    String tail = new String(all, to, all.length - to);
    return switch (random.nextInt(3)) {
      case 0 -> head + tail;
      case 1 -> head + text(random, random.nextInt(20)) + tail;
      default -> tail + new String(all, from, to - from) + head;
    };
  }

  @Property
  void any_bytes_are_patched(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] base = bytes(random);
    byte[] target = random.nextBoolean() ? bytes(random) : Arrays.copyOf(base, base.length);
    for (int i = random.nextInt(4); i > 0 && target.length > 0; i--) {
      target[random.nextInt(target.length)] = (byte) random.nextInt();
    }
    byte[] patch = FossilDelta.patch(base, target, false, ANY_LENGTH);
    assertThat(patch).isNotNull();
    assertThat(FossilPatch.apply(base, patch)).isEqualTo(target);
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(2000)];
    int different = 1 + random.nextInt(255);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) random.nextInt(different);
    }
    return bytes;
  }
}
