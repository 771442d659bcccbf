package io.stentor.http.api;

import io.stentor.config.RoomOptions;
import io.stentor.history.LogSummary;
import io.stentor.http.Authentication;
import io.stentor.http.LoopContext;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.http.Responses;
import io.stentor.http.RoomPath;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.MembersPage;
import io.stentor.presence.Presence;
import io.stentor.presence.RoomStats;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the list of rooms, the state of one room, and its members. Rooms to which the client may
 * not subscribe are hidden. Must be used on one event loop only.
 */
public final class RoomsEndpoint {

  private static final int RETRY_AFTER_SECONDS = 1;
  private static final Logger LOG = LoggerFactory.getLogger(RoomsEndpoint.class);

  private final Rooms rooms;
  private final Presence presence;
  private final Authentication authentication;
  private final ContextInternal context;

  /** Creates the endpoint of one server verticle. Responses are written on this context. */
  public RoomsEndpoint(LoopContext loop, Authentication authentication, ContextInternal context) {
    this.rooms = loop.rooms();
    this.presence = loop.presence();
    this.authentication = authentication;
    this.context = context;
  }

  /** Serves {@code GET /rooms}: one page of the rooms, ordered by name. */
  public void handleList(RoutingContext ctx) {
    answer(
        ctx.request(),
        () -> {
          Identity identity = Authentication.of(ctx);
          RoomsQuery query = RoomsQuery.of(ctx.request().params());
          return new RoomList(rooms, presence, visible(identity), query)
              .read()
              .map(RoomsEndpoint::list);
        });
  }

  /** Serves {@code GET /rooms/{room}}: the state of one room, which need not exist yet. */
  public void handleRoom(RoutingContext ctx) {
    answer(
        ctx.request(),
        () -> {
          RoomName room = allowed(ctx, Action.SUBSCRIBE);
          RoomOptions options = rooms.options(room);
          JsonObject permissions = permissions(Authentication.of(ctx), room);
          return Future.all(stats(room), rooms.history().summaries(List.of(room)))
              .map(both -> room(both.resultAt(0), both.resultAt(1), options, permissions));
        });
  }

  /** Serves {@code GET /rooms/{room}/members}: one page of the members of a room. */
  public void handleMembers(RoutingContext ctx) {
    answer(
        ctx.request(),
        () -> {
          RoomName room = allowed(ctx, Action.PRESENCE);
          if (!rooms.options(room).presence()) {
            throw RequestRefused.of(
                ProblemType.PRESENCE_OFF, "It is not known who is in this room: presence is off.");
          }
          RoomsQuery query = RoomsQuery.of(ctx.request().params());
          return Future.all(stats(room), presence.members(room, query.afterMember(), query.limit()))
              .map(both -> members(both.resultAt(0), both.resultAt(1)));
        });
  }

  /** The member counts of the room. They are zero if presence is off; responses then omit them. */
  private Future<RoomStats> stats(RoomName room) {
    return rooms.options(room).presence()
        ? presence.stats(room)
        : Future.succeededFuture(new RoomStats(room, 0, 0));
  }

  /** What the client may do in a room besides subscribing. */
  private JsonObject permissions(Identity identity, RoomName room) {
    return new JsonObject()
        .put("publish", authentication.allow(identity, room, Action.PUBLISH))
        .put("history", authentication.allow(identity, room, Action.HISTORY))
        .put("presence", authentication.allow(identity, room, Action.PRESENCE));
  }

  private RoomName allowed(RoutingContext ctx, Action action) {
    RoomName room = RoomPath.of(ctx);
    authentication.require(Authentication.of(ctx), room, action);
    return room;
  }

  private Predicate<RoomName> visible(Identity identity) {
    return room -> authentication.allow(identity, room, Action.SUBSCRIBE);
  }

  private void answer(HttpServerRequest request, Supplier<Future<Buffer>> answer) {
    try {
      Promise<Buffer> here = context.promise();
      answer.get().onComplete(here);
      here.future()
          .onSuccess(json -> Responses.sendUncachedJson(request.response(), json))
          .onFailure(failure -> refuse(request, failure));
    } catch (RequestRefused refusal) {
      refusal.answer(request);
    }
  }

  private static void refuse(HttpServerRequest request, Throwable failure) {
    if (!(failure instanceof RequestRefused)) {
      LOG.warn("{} cannot be answered: {}", request.path(), failure.toString());
    }
    RequestRefused refusal =
        failure instanceof RequestRefused known
            ? known
            : RequestRefused.of(
                ProblemType.UNAVAILABLE,
                "This cannot be looked up at this moment.",
                RETRY_AFTER_SECONDS);
    refusal.answer(request);
  }

  /** Encodes a page of the list of rooms, one room per line. */
  private static Buffer list(RoomList.Page page) {
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
   * Encodes one room.
   *
   * @param stats the member counts of the room; included only if presence is on
   * @param logs the log of the room, if there is one
   * @param permissions what the client may do in the room
   */
  private static Buffer room(
      RoomStats stats,
      Map<RoomName, LogSummary> logs,
      RoomOptions options,
      JsonObject permissions) {
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
            .put("allowBinary", options.allowBinary())
            .put(
                "history",
                new JsonObject()
                    .put("messages", history.messages())
                    .put("bytes", history.bytes())
                    .put("ageSeconds", history.ageSeconds())
                    .put("onJoin", history.onJoin().name().toLowerCase(Locale.ROOT)))
            .put("presence", options.presence())
            .put("transform", options.transform().name().toLowerCase(Locale.ROOT))
            .put("slowConsumer", options.slowConsumer().name().toLowerCase(Locale.ROOT))
            .put("publish", options.publish().name().toLowerCase(Locale.ROOT))
            .put("subscribe", options.subscribe().name().toLowerCase(Locale.ROOT)));
    json.put("permissions", permissions);
    return json.toBuffer().appendString("\n");
  }

  /** Encodes a page of the members of a room, one member per line. */
  private static Buffer members(RoomStats stats, MembersPage page) {
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
