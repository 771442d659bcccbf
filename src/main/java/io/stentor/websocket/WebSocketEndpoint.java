package io.stentor.websocket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.stentor.centrifuge.transport.CentrifugeSocket;
import io.stentor.centrifuge.transport.ConnectParameters;
import io.stentor.http.AllowedOrigins;
import io.stentor.http.Authentication;
import io.stentor.http.LoopContext;
import io.stentor.http.Problem;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestCheck;
import io.stentor.http.RequestRefused;
import io.stentor.http.RoomClient;
import io.stentor.http.RoomPath;
import io.stentor.http.Takeover;
import io.stentor.identity.Identity;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.room.Start;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WebSocket upgrades: {@code /} is the lobby, {@code /rooms/{room}} any room, and at {@value
 * #CENTRIFUGE} and {@value #CENTRIFUGE_UNI} the Centrifuge protocol is spoken. What is wrong with a
 * request is said as a problem before the upgrade. One event loop.
 */
public final class WebSocketEndpoint implements Handler<HttpServerRequest> {

  /** Where the Centrifuge protocol is spoken. */
  static final String CENTRIFUGE = "/connection/websocket";

  /** Where it is spoken to clients that only listen. */
  static final String CENTRIFUGE_UNI = "/connection/uni_websocket";

  private static final String ROOMS = "/rooms/";

  private static final Logger LOG = LoggerFactory.getLogger(WebSocketEndpoint.class);

  private final LoopContext server;
  private final AllowedOrigins origins;
  private final Authentication authentication;

  /**
   * An endpoint of one server verticle.
   *
   * @param origins that browsers may come from
   * @param authentication who comes
   */
  public WebSocketEndpoint(
      LoopContext server, AllowedOrigins origins, Authentication authentication) {
    this.server = server;
    this.origins = origins;
    this.authentication = authentication;
  }

  /** Whether there is nothing at a path but WebSockets. */
  public static boolean isForUpgrades(@Nullable String path) {
    return CENTRIFUGE.equals(path) || CENTRIFUGE_UNI.equals(path);
  }

  /** Says to a request without an upgrade what the path is for. */
  public static void requireUpgrade(HttpServerRequest request) {
    request.response().putHeader(HttpHeaders.UPGRADE, "websocket");
    String detail =
        "Here the Centrifuge protocol is spoken, on a WebSocket: send an upgrade request.";
    Problem.answer(request, ProblemType.UPGRADE_REQUIRED, detail);
  }

  /** Answers an upgrade request. */
  @Override
  public void handle(HttpServerRequest request) {
    try {
      Handshake.require(request);
      requireReadable(request);
      requireOrigin(request);
      String room = room(request.path());
      if (isForUpgrades(request.path())) {
        acceptCentrifuge(request);
      } else if (room == null) {
        String detail = "WebSockets are at /, at /rooms/{room} and at " + CENTRIFUGE + ".";
        Problem.answer(request, ProblemType.NOT_FOUND, detail);
      } else {
        authentication.admit(request, identity -> accept(request, room, identity));
      }
    } catch (RequestRefused refusal) {
      refusal.answer(request);
    }
  }

  private static void requireReadable(HttpServerRequest request) {
    if (!RequestCheck.isReadable(request)) {
      throw RequestRefused.of(ProblemType.BAD_REQUEST, RequestCheck.UNREADABLE);
    }
  }

  private void requireOrigin(HttpServerRequest request) {
    if (!origins.allow(request)) {
      throw RequestRefused.of(ProblemType.FORBIDDEN, "Pages of this origin may not connect here.");
    }
  }

  private static @Nullable String room(@Nullable String path) {
    if (path == null || path.equals("/")) {
      return RoomName.LOBBY.value();
    }
    boolean ofRoom = path.startsWith(ROOMS) && path.indexOf('/', ROOMS.length()) < 0;
    return ofRoom ? decoded(path.substring(ROOMS.length())) : null;
  }

  /** What cannot be decoded is left as it is, and is then refused as a room name. */
  private static String decoded(String segment) {
    try {
      // A plus sign stands for itself in a path; the decoder is made for query strings.
      return QueryStringDecoder.decodeComponent(segment.replace("+", "%2B"));
    } catch (IllegalArgumentException e) {
      return segment;
    }
  }

  private void accept(HttpServerRequest request, String room, Identity identity) {
    RoomName name = RoomPath.name(room);
    RoomClient visitor;
    Start start;
    try {
      Start asked = start(request.getParam("since"), request.getParam("last"));
      start = authentication.requireStart(identity, name, asked);
      server.requirePlace(name);
      visitor = new RoomClient(RoomClient.member(identity, request.getParam("name")), identity);
    } catch (IllegalArgumentException e) {
      throw RequestRefused.of(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
    String agreed = SubProtocols.choose(request, List.of(PlainText.CURSOR_SUB_PROTOCOL));
    upgrade(
        request,
        agreed,
        place -> WebSocketConnection.open(place, agreed, name, visitor, start, server));
  }

  /** Who comes is said by the first command there; the request has only what it calls itself. */
  private void acceptCentrifuge(HttpServerRequest request) {
    String agreed =
        SubProtocols.choose(request, List.of(CentrifugeSocket.JSON, CentrifugeSocket.PROTOBUF));
    boolean json =
        !CentrifugeSocket.PROTOBUF.equals(agreed)
            && !"protobuf".equals(request.getParam("cf_protocol"))
            && !"protobuf".equals(request.getParam("format"));
    boolean listens = CENTRIFUGE_UNI.equals(request.path());
    String connect = listens && json ? request.getParam("cf_connect") : null;
    byte[] first = connect == null ? null : connect.getBytes(StandardCharsets.UTF_8);
    ConnectParameters wishes = ConnectParameters.of(request);
    upgrade(
        request,
        agreed,
        place -> {
          CentrifugeSocket socket = CentrifugeSocket.open(place, listens, wishes, first, server);
          if (!json) {
            socket.close(CentrifugeSocket.INAPPROPRIATE);
          }
        });
  }

  /** Takes the connection over as soon as the request has come whole, mostly in this turn. */
  private static void upgrade(
      HttpServerRequest request, @Nullable String agreed, Consumer<ChannelHandlerContext> then) {
    if (request.isEnded()) {
      takeOver(request, agreed, then);
    } else {
      request.endHandler(end -> takeOver(request, agreed, then));
    }
  }

  private static void takeOver(
      HttpServerRequest request, @Nullable String agreed, Consumer<ChannelHandlerContext> then) {
    if (request.response().closed()) {
      return;
    }
    ChannelHandlerContext place =
        Takeover.accept(request.connection(), Handshake.accepted(request, agreed));
    try {
      then.accept(place);
    } catch (RuntimeException failure) {
      LOG.warn("the WebSocket of {} could not begin: {}", request.path(), failure.toString());
      LOG.debug("the failure", failure);
      place.channel().close();
    }
  }

  /**
   * Where a connection begins, as a query says it.
   *
   * @throws IllegalArgumentException with one sentence for the client
   */
  public static Start start(@Nullable String since, @Nullable String last) {
    if (since != null && last != null) {
      throw new IllegalArgumentException("since and last exclude each other: give one of them");
    }
    if (since != null) {
      return new Start.Since(Position.parse(since));
    }
    return last == null ? new Start.Live() : new Start.Last(number(last));
  }

  private static int number(String last) {
    if (!last.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("last is a number of messages, 0 or more");
    }
    return Integer.parseInt(last);
  }
}
