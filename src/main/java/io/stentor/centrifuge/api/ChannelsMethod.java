package io.stentor.centrifuge.api;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.config.RoomRules;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.presence.Presence;
import io.stentor.presence.RoomStats;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code channels}: lists the rooms with presence that have members on any node. Any thread. */
final class ChannelsMethod {

  /** Maximum number of rooms in one result. */
  static final int MAX_ROOMS = 10_000;

  /** Maximum number of rooms that one call scans. */
  private static final int MAX_SCANNED = 50_000;

  private final Presence presence;

  ChannelsMethod(Presence presence) {
    this.presence = presence;
  }

  Future<JsonWriter> call(JsonFields request) {
    String pattern = request.text("pattern");
    Glob glob = new Glob(pattern.isEmpty() ? "*" : pattern);
    JsonWriter line = new JsonWriter().open().name("channels").open();
    return new Search(glob, line).from(null);
  }

  /** One call. */
  private final class Search {
    private final Glob glob;
    private final JsonWriter line;
    private int found;
    private int scanned;

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
                if (found > MAX_ROOMS || scanned > MAX_SCANNED) {
                  return Future.failedFuture(
                      new CommandError(
                          ErrorCode.LIMIT_EXCEEDED,
                          "too many rooms: begin the pattern with a longer prefix"));
                }
                return page.size() < Presence.MAX_PAGE
                    ? Future.succeededFuture(line.close().close())
                    : from(last(page));
              });
    }

    private void take(RoomStats room) {
      scanned++;
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

  /** A pattern of room names, in which {@code *} matches any characters. Immutable. */
  private static final class Glob {

    private static final String UNKNOWN = "?[]{}!\\";

    private final String pattern;

    /**
     * Creates a pattern.
     *
     * @throws CommandError if it contains another wildcard
     */
    Glob(String pattern) {
      if (pattern.chars().anyMatch(one -> UNKNOWN.indexOf(one) >= 0)) {
        throw RequestFields.wrong("a pattern has no wildcard but *, so none of " + UNKNOWN);
      }
      this.pattern = pattern;
    }

    /** Returns the common prefix of all names that match. */
    String prefix() {
      int star = pattern.indexOf('*');
      return star < 0 ? pattern : pattern.substring(0, star);
    }

    boolean matches(String name) {
      return RoomRules.matches(pattern, name);
    }
  }
}
