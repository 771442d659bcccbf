package io.stentor.room;

import io.stentor.config.RoomOptions.Transform;
import io.stentor.message.Publication;
import java.util.Locale;

/** What rooms do to publications before they are appended. Any thread. */
final class Transforms {

  private Transforms() {}

  /** Texts and JSON strings are changed; other JSON is nothing that anyone says. */
  static Publication apply(Transform transform, Publication publication) {
    if (transform == Transform.NONE) {
      return publication;
    }
    Publication said = publication.asText();
    return said.kind() == Publication.Kind.TEXT
        ? publication.with(said.text().toUpperCase(Locale.ROOT) + "!!!")
        : publication;
  }
}
