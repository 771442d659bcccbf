package io.stentor.message;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.TreeMap;

/** Attributes drawn from a seed, some of them of a newer version of Stentor. */
public final class RandomAttributes {
  private RandomAttributes() {}

  public static Attributes of(Random random) {
    Attributes attributes = Attributes.NONE;
    if (random.nextInt(3) == 0) {
      attributes = attributes.withEvent("event-" + text(random));
    }
    if (random.nextInt(3) == 0) {
      TreeMap<String, String> tags = new TreeMap<>();
      for (int i = random.nextInt(Attributes.MAX_TAGS + 1); i > 0; i--) {
        tags.put(i + text(random), text(random));
      }
      attributes = attributes.withTags(tags);
    }
    if (random.nextInt(3) == 0) {
      attributes = attributes.withExclude("id" + text(random));
    }
    if (random.nextInt(3) == 0) {
      attributes = attributes.withVersion(random.nextLong(), random.nextBoolean() ? "" : "epoch");
    }
    return random.nextInt(3) == 0 ? withNewer(attributes, random) : attributes;
  }

  /** Adds an attribute that this version does not know. */
  static Attributes withNewer(Attributes attributes, Random random) {
    byte[] value = new byte[random.nextInt(20)];
    random.nextBytes(value);
    byte[] known = attributes.encoded();
    ByteBuffer both = ByteBuffer.allocate(known.length + 5 + value.length);
    both.put(known).put((byte) (100 + random.nextInt(20))).putInt(value.length).put(value);
    return Attributes.decoded(both.array());
  }

  private static String text(Random random) {
    return "é€x".substring(random.nextInt(3)).repeat(random.nextInt(4));
  }
}
