package io.stentor.transport;

import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.stentor.identity.Identity;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.protocol.PlainText;
import io.stentor.room.Start;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WebSocket upgrades: {@code /} is the lobby, {@code /rooms/{room}} any room, and at {@value
 * #CENTRIFUGE} and {@value #CENTRIFUGE_UNI} the Centrifuge protocol is spoken. What is wrong with a
 * request is said as a problem before the upgrade. One event loop.
 */
final class WebSocketEndpoint implements Handler<HttpServerRequest> {

  /** Where the Centrifuge protocol is spoken. */
  static final String CENTRIFUGE = "/connection/websocket";

  /** Where it is spoken to clients that only listen. */
  static final String CENTRIFUGE_UNI = "/connection/uni_websocket";

  private static final String ROOMS = "/rooms/";

  /** The version of the protocol (RFC 6455, section 4.1). */
  private static final String VERSION = "13";

  /** A key is 16 bytes in Base64 (RFC 6455, section 4.1). */
  private static final String KEY_PATTERN = "[A-Za-z0-9+/]{22}==";

  private static final Logger LOG = LoggerFactory.getLogger(WebSocketEndpoint.class);

  private final ServerLoop server;
  private final AllowedOrigins origins;
  private final Authentication authentication;

  /**
   * An endpoint of one server verticle.
   *
   * @param origins that browsers may come from
   * @param authentication who comes
   */
  WebSocketEndpoint(ServerLoop server, AllowedOrigins origins, Authentication authentication) {
    this.server = server;
    this.origins = origins;
    this.authentication = authentication;
  }

  /** Whether the request wants to become a WebSocket. */
  static boolean isUpgrade(HttpServerRequest request) {
    String upgrade = request.getHeader(HttpHeaders.UPGRADE);
    return upgrade != null && HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(upgrade);
  }

  /** Whether there is nothing at a path but WebSockets. */
  static boolean isForUpgrades(@Nullable String path) {
    return CENTRIFUGE.equals(path) || CENTRIFUGE_UNI.equals(path);
  }

  /** Says to a request without an upgrade what the path is for. */
  static void requireUpgrade(HttpServerRequest request) {
    request.response().putHeader(HttpHeaders.UPGRADE, "websocket");
    String detail =
        "Here the Centrifuge protocol is spoken, on a WebSocket: send an upgrade request.";
    Problem.answer(request, ProblemType.UPGRADE_REQUIRED, detail);
  }

  /** Answers an upgrade request. */
  @Override
  public void handle(HttpServerRequest request) {
    if (!RequestCheck.isReadable(request)) {
      Problem.answer(request, ProblemType.BAD_REQUEST, RequestCheck.UNREADABLE);
      return;
    }
    String wrong = wrongUpgrade(request);
    String room = room(request.path());
    if (wrong != null) {
      request.response().putHeader("Sec-WebSocket-Version", VERSION);
      ProblemType type =
          VERSION.equals(version(request)) ? ProblemType.BAD_REQUEST : ProblemType.UPGRADE_REQUIRED;
      Problem.answer(request, type, wrong);
    } else if (!origins.allow(request.getHeader(HttpHeaders.ORIGIN))) {
      Problem.answer(request, ProblemType.FORBIDDEN, "Pages of this origin may not connect here.");
    } else if (isForUpgrades(request.path())) {
      try {
        acceptCentrifuge(request);
      } catch (Refusal refusal) {
        refusal.answer(request);
      }
    } else if (room == null) {
      String detail = "WebSockets are at /, at /rooms/{room} and at " + CENTRIFUGE + ".";
      Problem.answer(request, ProblemType.NOT_FOUND, detail);
    } else {
      authentication.admit(request, identity -> accept(request, room, identity));
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
    Visitor visitor;
    Start start;
    try {
      Start asked = start(request.getParam("since"), request.getParam("last"));
      start = authentication.requireStart(identity, name, asked);
      server.requirePlace(name);
      visitor = new Visitor(Visitor.member(identity, request.getParam("name")), identity);
    } catch (IllegalArgumentException e) {
      throw Refusal.of(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
    SubProtocols.choose(request, List.of(PlainText.CURSOR_SUB_PROTOCOL));
    upgrade(request, accepted -> WebSocketConnection.open(accepted, name, visitor, start, server));
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
    String connect = listens ? request.getParam("cf_connect") : null;
    Wishes wishes = Wishes.of(request);
    upgrade(
        request,
        accepted -> {
          CentrifugeSocket socket = CentrifugeSocket.open(accepted, listens, wishes, server);
          if (!json) {
            socket.close(CentrifugeSocket.INAPPROPRIATE);
          } else if (connect != null) {
            socket.received(connect.getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  private static void upgrade(HttpServerRequest request, Handler<ServerWebSocket> then) {
    request
        .toWebSocket()
        .onSuccess(then)
        .onFailure(
            failure ->
                LOG.debug("upgrade by {} failed: {}", request.remoteAddress(), failure.toString()));
  }

  private static @Nullable String wrongUpgrade(HttpServerRequest request) {
    String connection = request.getHeader(HttpHeaders.CONNECTION);
    String key = request.getHeader("Sec-WebSocket-Key");
    if (request.version() != HttpVersion.HTTP_1_1 || !request.method().equals(HttpMethod.GET)) {
      return "A WebSocket is opened with GET over HTTP/1.1.";
    }
    if (connection == null || !connection.toLowerCase(Locale.ROOT).contains("upgrade")) {
      return "The header Connection has to say Upgrade.";
    }
    if (!VERSION.equals(version(request))) {
      return "Only version 13 of the WebSocket protocol is spoken here.";
    }
    if (key == null || !key.matches(KEY_PATTERN)) {
      return "The header Sec-WebSocket-Key has to be 16 bytes in Base64.";
    }
    return null;
  }

  private static @Nullable String version(HttpServerRequest request) {
    return request.getHeader("Sec-WebSocket-Version");
  }

  /**
   * Where a connection begins, as a query says it.
   *
   * @throws IllegalArgumentException with one sentence for the client
   */
  static Start start(@Nullable String since, @Nullable String last) {
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
