package io.stentor.centrifuge.api;

import io.stentor.centrifuge.CommandError;
import io.stentor.centrifuge.ErrorCode;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.presence.Presence;
import io.stentor.presence.RoomStats;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code channels}: the rooms that anybody is in, on any node, as far as it is known who is in
 * them. Any thread.
 */
final class Channels {

  /** Most rooms of one answer. */
  static final int MAX_ROOMS = 10_000;

  /** Most rooms that are looked at for one answer. */
  private static final int MAX_LOOKED_AT = 50_000;

  private final Presence presence;

  Channels(Presence presence) {
    this.presence = presence;
  }

  Future<JsonWriter> call(JsonFields request) {
    String pattern = request.text("pattern");
    Glob glob = new Glob(pattern.isEmpty() ? "*" : pattern);
    JsonWriter line = new JsonWriter().open().name("channels").open();
    return new Search(glob, line).from(null);
  }

  /** One answer on its way. */
  private final class Search {
    private final Glob glob;
    private final JsonWriter line;
    private int found;
    private int lookedAt;

    Search(Glob glob, JsonWriter line) {
      this.glob = glob;
      this.line = line;
    }

    Future<JsonWriter> from(@Nullable String after) {
      return presence
          .rooms(glob.prefix(), after, Presence.MAX_PAGE)
          .compose(
              page -> {
                page.forEach(this::take);
                if (found > MAX_ROOMS || lookedAt > MAX_LOOKED_AT) {
                  return Future.failedFuture(
                      new CommandError(
                          ErrorCode.LIMIT_EXCEEDED,
                          "too many rooms, begin the pattern with a name"));
                }
                return page.size() < Presence.MAX_PAGE
                    ? Future.succeededFuture(line.close().close())
                    : from(last(page));
              });
    }

    private void take(RoomStats room) {
      lookedAt++;
      if (glob.matches(room.room().value())) {
        found++;
        line.key(room.room().value()).open().name("num_clients");
        line.integer(room.connections()).close();
      }
    }

    private static String last(List<RoomStats> page) {
      return page.get(page.size() - 1).room().value();
    }
  }
}
