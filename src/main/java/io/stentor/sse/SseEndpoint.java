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
import io.stentor.room.Start;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Event streams: {@code GET /rooms/{room}/events}. An invalid request is answered with a problem
 * instead of the stream. One event loop.
 */
public final class SseEndpoint {

  /** A stream is never silent for longer; proxies cut after 30 s or more. */
  private static final int COMMENT_SECONDS = 15;

  /**
   * How clients that cannot set headers call {@code Last-Event-ID} in the query, in lower case and
   * without hyphens and underscores: {@code lastEventId}, {@code lastEventID}, {@code
   * Last-Event-ID}, {@code last_event_id}, {@code evs_last_event_id}.
   */
  private static final Set<String> LAST_EVENT_ID = Set.of("lasteventid", "evslasteventid");

  private final LoopContext server;
  private final Authentication authentication;
  private final StreamingResponses streams;
  private final KeepAlive keepAlive = new KeepAlive(COMMENT_SECONDS);

  /**
   * Creates the endpoint of one event loop.
   *
   * @param streams begins the responses
   */
  public SseEndpoint(
      LoopContext server, Authentication authentication, StreamingResponses streams) {
    this.server = server;
    this.authentication = authentication;
    this.streams = streams;
    keepAlive.start(server.eventLoop());
  }

  /** Every stream, in no particular order. */
  public void forEach(Consumer<KeepAlive.Kept> action) {
    keepAlive.forEach(action);
  }

  /** Closes every stream for a shutdown, and later ones too. */
  public void closeAll() {
    keepAlive.closeAll(CloseReason.SHUTDOWN);
  }

  /** Answers with a stream. */
  public void handleStreamEvents(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    try {
      SseConnection.Request asked = asked(ctx);
      streams.begin(
          request,
          "text/event-stream",
          stream -> SseConnection.open(asked, server, keepAlive, stream));
    } catch (RequestRefused refusal) {
      refusal.answer(request);
    }
  }

  /** Checks permissions; the request has been validated against the contract before. */
  private SseConnection.Request asked(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    RoomName room = RoomPath.of(ctx);
    RoomOptions options = server.rooms().options(room);
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
      server.requirePlace(room);
      return new SseConnection.Request(room, member, start, watches, identity);
    } catch (IllegalArgumentException e) {
      throw RequestRefused.of(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Where the stream begins. {@code Last-Event-ID} wins over the query: a browser connects again to
   * the address that it was given, with the old {@code since}, and with a newer id in the header.
   */
  private static Start start(HttpServerRequest request) {
    Start asked = PlainClient.start(request.getParam("since"), request.getParam("last"));
    String lastEventId = request.getHeader("Last-Event-ID");
    if (lastEventId == null || lastEventId.isEmpty()) {
      lastEventId = lastEventIdOfQuery(request);
    }
    return lastEventId.isEmpty() ? asked : new Start.Since(position(lastEventId));
  }

  /**
   * The last event id of clients that cannot set headers; empty where there is none. They append it
   * to the address that they were given, so the last one is the newest.
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
