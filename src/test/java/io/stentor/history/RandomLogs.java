package io.stentor.history;

import io.stentor.config.RoomOptions.History;
import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import io.stentor.message.RandomAttributes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What a log may be asked to keep, drawn from a seed. */
public final class RandomLogs {
  private RandomLogs() {}

  private static Publication publication(Random random, long now) {
    byte[] data = "x".repeat(random.nextInt(20)).getBytes(StandardCharsets.UTF_8);
    String key = random.nextInt(3) == 0 ? "k" + random.nextInt(6) : null;
    Kind kind = Kind.values()[random.nextInt(3)];
    return Publication.stored(
        kind, data, now - random.nextInt(3000), key, null, RandomAttributes.of(random));
  }

  public static Batch batch(Random random, long number, long now) {
    List<Publication> publications = new ArrayList<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      publications.add(publication(random, now));
    }
    return new Batch(random.nextInt(3), number, publications);
  }

  public static History limits(Random random) {
    return new History(1 + random.nextInt(20), 20 + random.nextInt(150), 1 + random.nextInt(20));
  }
}
