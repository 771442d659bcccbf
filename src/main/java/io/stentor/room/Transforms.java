package io.stentor.room;

import io.stentor.config.RoomOptions.Transform;
import io.stentor.message.Publication;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What rooms do to publications before they are appended. Any thread. */
final class Transforms {

  private Transforms() {}

  /** Texts and JSON strings are changed; other JSON is nothing that anyone says. */
  static Publication apply(Transform transform, Publication publication) {
    if (transform == Transform.NONE) {
      return publication;
    }
    if (publication.kind() == Publication.Kind.TEXT) {
      return publication.with(shouted(publication.text()).getBytes(StandardCharsets.UTF_8));
    }
    byte[] source = publication.data();
    if (source.length > 0
        && source[0] == '"'
        && Json.decodeValue(Buffer.buffer(source)) instanceof String value) {
      return publication.with(Json.encode(shouted(value)).getBytes(StandardCharsets.UTF_8));
    }
    return publication;
  }

  private static String shouted(String text) {
    return text.toUpperCase(Locale.ROOT) + "!!!";
  }
}
