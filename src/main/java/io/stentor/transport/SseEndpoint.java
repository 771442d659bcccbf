package io.stentor.transport;

import io.stentor.config.RoomOptions;
import io.stentor.identity.Identity;
import io.stentor.identity.Permissions.Action;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.room.Start;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;

/**
 * Event streams: {@code GET /rooms/{room}/events}. What is wrong with a request is said as a
 * problem before the stream begins. One event loop.
 */
final class SseEndpoint {

  /** A stream is never silent for longer; proxies cut after 30 s or more. */
  private static final int COMMENT_SECONDS = 15;

  private final ServerLoop server;
  private final Authentication authentication;
  private final StreamingResponses streams;
  private final KeepAlive keepAlive = new KeepAlive(COMMENT_SECONDS);

  /**
   * An endpoint of one server verticle.
   *
   * @param streams how responses are begun
   */
  SseEndpoint(ServerLoop server, Authentication authentication, StreamingResponses streams) {
    this.server = server;
    this.authentication = authentication;
    this.streams = streams;
    keepAlive.start(server.eventLoop());
  }

  /** Every stream, in no particular order. */
  void forEach(Consumer<KeepAlive.Kept> action) {
    keepAlive.forEach(action);
  }

  /** Sends every client away, and who comes later too. */
  void closeAll() {
    keepAlive.closeAll(CloseReason.SHUTDOWN);
  }

  /** Answers with a stream. */
  void handleStreamEvents(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    try {
      SseConnection.Request asked = asked(ctx);
      streams.begin(
          request,
          "text/event-stream",
          stream -> SseConnection.open(asked, server, keepAlive, stream));
    } catch (Refusal refusal) {
      refusal.answer(request);
    }
  }

  /** What is asked for, where that is allowed; the contract has been held against it before. */
  private SseConnection.Request asked(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    RoomName room = RoomPath.of(ctx);
    RoomOptions options = server.rooms().options(room);
    Identity identity = Authentication.of(ctx);
    authentication.require(identity, room, Action.SUBSCRIBE);
    boolean watches = "true".equals(request.getParam("members"));
    if (watches && !options.presence()) {
      throw Refusal.of(
          ProblemType.PRESENCE_OFF, "It is not known who is in this room: presence is off.");
    }
    if (watches) {
      authentication.require(identity, room, Action.PRESENCE);
    }
    try {
      Member member = Visitor.member(identity, request.getParam("name"));
      Start start = authentication.requireStart(identity, room, start(request));
      return new SseConnection.Request(room, member, start, watches, identity.expiresAt());
    } catch (IllegalArgumentException e) {
      throw Refusal.of(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Where the stream begins. {@code Last-Event-ID} wins over the query: a browser connects again to
   * the address that it was given, with the old {@code since}, and with a newer id in the header.
   */
  private static Start start(HttpServerRequest request) {
    Start asked = WebSocketEndpoint.start(request.getParam("since"), request.getParam("last"));
    String lastEventId = request.getHeader("Last-Event-ID");
    return lastEventId == null || lastEventId.isEmpty()
        ? asked
        : new Start.Since(Position.parse(lastEventId));
  }
}
