package io.stentor.centrifuge;

import io.stentor.history.Page;
import io.stentor.json.JsonWriter;
import io.stentor.message.Position;
import org.jspecify.annotations.Nullable;

/** What a client is told of its subscription. */
final class SubscribeResult {

  private SubscribeResult() {}

  /**
   * The result as an object.
   *
   * @param position where the client is in the log
   * @param missed what it missed, right behind the offset that it gave; null where it was not
   *     recovered
   * @param timed whether publications are told with their time
   */
  static JsonWriter of(
      Terms terms,
      Wanted wanted,
      Expiry expiry,
      Position position,
      @Nullable Page missed,
      boolean timed) {
    JsonWriter line = new JsonWriter().open();
    expiry.tell(line);
    if (terms.recovery()) {
      line.flag("recoverable", true);
      line.text("epoch", Position.epochText(position.epoch()));
      if (missed != null) {
        publications(missed, timed, line);
        // The client moves on from there while it takes the publications.
        line.flag("recovered", true).number("offset", wanted.offset());
      } else {
        line.number("offset", position.offset());
      }
      line.flag("positioned", true);
    }
    line.source("data", terms.data());
    return line.flag("was_recovering", wanted.recover() && terms.recovery()).close();
  }

  private static void publications(Page page, boolean timed, JsonWriter line) {
    line.name("publications").openArray();
    for (int i = 0; i < page.publications().size(); i++) {
      PublicationJson.write(page.publications().get(i), page.first() + i, timed, line.value());
    }
    line.closeArray();
  }
}
