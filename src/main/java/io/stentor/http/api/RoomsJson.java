package io.stentor.http.api;

import io.stentor.config.RoomOptions;
import io.stentor.history.LogSummary;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.MembersPage;
import io.stentor.presence.RoomStats;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answers about rooms, each one JSON object. Any thread. */
final class RoomsJson {

  private RoomsJson() {}

  /** A page of the list of rooms, one room a line. */
  static Buffer list(RoomList.Page page) {
    List<String> entries =
        page.rooms().stream()
            .map(one -> summary(one.room(), one.stats(), one.log()).encode())
            .toList();
    return lines("{\"rooms\":[", entries, page.next());
  }

  private static JsonObject summary(
      RoomName room, @Nullable RoomStats stats, @Nullable LogSummary log) {
    JsonObject json = new JsonObject().put("room", room.value());
    if (stats != null) {
      json.put("connections", stats.connections()).put("users", stats.users());
    }
    if (log != null) {
      json.put("position", log.position().toString());
    }
    return json.put("messages", log == null ? 0 : log.messages());
  }

  /**
   * One room.
   *
   * @param stats of the room, which count where presence is on
   * @param logs its log, if there is one
   */
  static Buffer room(RoomStats stats, Map<RoomName, LogSummary> logs, RoomOptions options) {
    LogSummary log = logs.get(stats.room());
    JsonObject json = summary(stats.room(), options.presence() ? stats : null, log);
    if (log != null && log.messages() > 0) {
      json.put("oldest", log.oldest());
    }
    json.put("bytes", log == null ? 0 : log.bytes());
    RoomOptions.History history = options.history();
    json.put(
        "options",
        new JsonObject()
            .put("maxMessageBytes", options.maxMessageBytes())
            .put(
                "history",
                new JsonObject()
                    .put("messages", history.messages())
                    .put("bytes", history.bytes())
                    .put("ageSeconds", history.ageSeconds()))
            .put("presence", options.presence())
            .put("transform", options.transform().name().toLowerCase(Locale.ROOT))
            .put("slowConsumer", options.slowConsumer().name().toLowerCase(Locale.ROOT))
            .put("publish", options.publish().name().toLowerCase(Locale.ROOT))
            .put("subscribe", options.subscribe().name().toLowerCase(Locale.ROOT)));
    return json.toBuffer().appendString("\n");
  }

  /** A page of a room's members, one a line. */
  static Buffer members(RoomStats stats, MembersPage page) {
    List<Member> members = page.members();
    String begin =
        "{\"connections\":%d,\"users\":%d,\"members\":["
            .formatted(stats.connections(), stats.users());
    String next = page.more() ? RoomsQuery.next(members.get(members.size() - 1)) : null;
    return lines(begin, members.stream().map(MemberJson::of).toList(), next);
  }

  private static Buffer lines(String begin, List<String> entries, @Nullable String next) {
    String end = next == null ? "]}\n" : "],\"next\":" + Json.encode(next) + "}\n";
    return Buffer.buffer(begin + String.join(",\n", entries) + end);
  }
}
