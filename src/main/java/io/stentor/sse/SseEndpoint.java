package io.stentor.sse;

import io.stentor.config.RoomOptions;
import io.stentor.http.Authentication;
import io.stentor.http.LoopContext;
import io.stentor.http.PlainClient;
import io.stentor.http.Printable;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.http.RoomPath;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.room.Cursor.Start;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Serves event streams: {@code GET /rooms/{room}/events}. An invalid request is answered with a
 * problem instead of a stream. Must be used on one event loop only.
 */
public final class SseEndpoint {

  /** Maximum silence on a stream. Proxies time out after 30 s or more. */
  private static final int COMMENT_SECONDS = 15;

  /**
   * Names of the query parameter that carries {@code Last-Event-ID} for clients that cannot set
   * headers, in lower case and without hyphens and underscores: {@code lastEventId}, {@code
   * lastEventID}, {@code Last-Event-ID}, {@code last_event_id}, {@code evs_last_event_id}.
   */
  private static final Set<String> LAST_EVENT_ID = Set.of("lasteventid", "evslasteventid");

  private final LoopContext loop;
  private final Authentication authentication;
  private final StreamingResponses streams;
  private final KeepAlive keepAlive = new KeepAlive(COMMENT_SECONDS);

  /**
   * Creates the endpoint of one event loop and starts its keep-alive timer.
   *
   * @param streams starts the responses
   */
  public SseEndpoint(LoopContext loop, Authentication authentication, StreamingResponses streams) {
    this.loop = loop;
    this.authentication = authentication;
    this.streams = streams;
    keepAlive.start(loop.eventLoop());
  }

  /** Runs an action for every stream, in no particular order. */
  public void forEach(Consumer<KeepAlive.Kept> action) {
    keepAlive.forEach(action);
  }

  /** Closes every stream for a shutdown. Streams opened afterwards are closed as well. */
  public void closeAll() {
    keepAlive.closeAll(CloseReason.SHUTDOWN);
  }

  /** Answers a request with a stream, or with a problem if it is refused. */
  public void handleStreamEvents(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    try {
      SseConnection.Request requested = requested(ctx);
      streams.begin(
          request,
          "text/event-stream",
          stream -> SseConnection.open(requested, loop, keepAlive, stream));
    } catch (RequestRefused refusal) {
      refusal.answer(request);
    }
  }

  /**
   * Reads the request and checks its permissions. The request has already been validated against
   * the contract.
   */
  private SseConnection.Request requested(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    RoomName room = RoomPath.of(ctx);
    RoomOptions options = loop.rooms().options(room);
    Identity identity = Authentication.of(ctx);
    authentication.require(identity, room, Action.SUBSCRIBE);
    boolean watches = "true".equals(request.getParam("members"));
    if (watches && !options.presence()) {
      throw RequestRefused.of(
          ProblemType.PRESENCE_OFF, "It is not known who is in this room: presence is off.");
    }
    if (watches) {
      authentication.require(identity, room, Action.PRESENCE);
    }
    try {
      Member member = PlainClient.member(identity, request.getParam("name"));
      Start start = authentication.requireStart(identity, room, start(request));
      TagFilter filter = PlainClient.filter(request);
      loop.requirePlace(room, filter);
      return new SseConnection.Request(room, member, start, filter, watches, identity);
    } catch (IllegalArgumentException e) {
      throw RequestRefused.of(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The start position of the stream. {@code Last-Event-ID} takes precedence over the query: a
   * browser reconnects to the original URL with the old {@code since}, and sends a newer id in the
   * header.
   */
  private static Start start(HttpServerRequest request) {
    Start requested = PlainClient.start(request.getParam("since"), request.getParam("last"));
    String lastEventId = request.getHeader("Last-Event-ID");
    if (lastEventId == null || lastEventId.isEmpty()) {
      lastEventId = lastEventIdOfQuery(request);
    }
    return lastEventId.isEmpty() ? requested : new Start.Since(position(lastEventId));
  }

  /**
   * The last event id from the query, for clients that cannot set headers; empty if there is none.
   * Such clients append it to the original URL, so the last occurrence is the newest.
   */
  private static String lastEventIdOfQuery(HttpServerRequest request) {
    String found = "";
    if (request.query() != null) {
      for (Map.Entry<String, String> one : request.params()) {
        String name = one.getKey().replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
        if (LAST_EVENT_ID.contains(name) && !one.getValue().isEmpty()) {
          found = one.getValue();
        }
      }
    }
    return found;
  }

  private static Position position(String lastEventId) {
    try {
      return Position.parse(lastEventId);
    } catch (IllegalArgumentException e) {
      String detail =
          "The last event id cannot be \""
              + Printable.value(lastEventId)
              + "\": "
              + e.getMessage()
              + ".";
      throw RequestRefused.of(ProblemType.INVALID_POSITION, detail)
          .with("parameter", "lastEventId");
    }
  }
}
