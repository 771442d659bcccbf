package io.stentor.websocket;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.stentor.http.AllowedOrigins;
import io.stentor.http.Authentication;
import io.stentor.http.LoopContext;
import io.stentor.http.PlainClient;
import io.stentor.http.Problem;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestCheck;
import io.stentor.http.RequestRefused;
import io.stentor.http.RoomPath;
import io.stentor.identity.Identity;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.room.Cursor.Start;
import io.stentor.websocket.Handshake.Agreed;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Handles WebSocket upgrades: {@code /} for the lobby and {@code /rooms/{room}} for any room, both
 * in the plain protocol; handlers of other protocols have their own paths. An invalid request gets
 * a problem response instead of the upgrade. Confined to one event loop.
 */
public final class WebSocketEndpoint implements Handler<HttpServerRequest> {

  private static final String ROOMS = "/rooms/";

  private final LoopContext loop;
  private final AllowedOrigins origins;
  private final Authentication authentication;
  private final PermessageDeflate deflate;
  private final Map<String, Handler<HttpServerRequest>> protocols;

  /**
   * Creates the endpoint of one event loop.
   *
   * @param origins the origins of pages that may connect
   * @param authentication authenticates clients of the plain protocol
   * @param deflate compresses messages of the plain protocol
   * @param protocols handlers of upgrades to other protocols, by path; they may throw {@link
   *     RequestRefused}
   */
  public WebSocketEndpoint(
      LoopContext loop,
      AllowedOrigins origins,
      Authentication authentication,
      PermessageDeflate deflate,
      Map<String, Handler<HttpServerRequest>> protocols) {
    this.protocols = protocols;
    this.loop = loop;
    this.origins = origins;
    this.authentication = authentication;
    this.deflate = deflate;
  }

  /** Returns whether a path serves WebSockets only. */
  public boolean isForUpgrades(@Nullable String path) {
    return path != null && protocols.containsKey(path);
  }

  /** Responds to a request without an upgrade on a path that serves WebSockets only. */
  public static void requireUpgrade(HttpServerRequest request) {
    request.response().putHeader(HttpHeaders.UPGRADE, "websocket");
    String detail = "This path is for WebSockets: send an upgrade request.";
    Problem.answer(request, ProblemType.UPGRADE_REQUIRED, detail);
  }

  @Override
  public void handle(HttpServerRequest request) {
    try {
      Handshake.require(request);
      requireReadable(request);
      requireOrigin(request);
      String room = room(request.path());
      Handler<HttpServerRequest> protocol = protocols.get(request.path());
      if (protocol != null) {
        protocol.handle(request);
      } else if (room == null) {
        String detail = "WebSockets are at /, at /rooms/{room} and at /connection/websocket.";
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
      throw RequestRefused.of(ProblemType.FORBIDDEN, "Origin not allowed.");
    }
  }

  private static @Nullable String room(@Nullable String path) {
    if (path == null || path.equals("/")) {
      return RoomName.LOBBY.value();
    }
    boolean ofRoom = path.startsWith(ROOMS) && path.indexOf('/', ROOMS.length()) < 0;
    return ofRoom ? decoded(path.substring(ROOMS.length())) : null;
  }

  /**
   * Decodes a path segment. Returns a malformed segment unchanged; it is then refused as a room
   * name.
   */
  private static String decoded(String segment) {
    try {
      // A plus sign has no special meaning in a path; the decoder is for query strings.
      return QueryStringDecoder.decodeComponent(segment.replace("+", "%2B"));
    } catch (IllegalArgumentException e) {
      return segment;
    }
  }

  private void accept(HttpServerRequest request, String room, Identity identity) {
    RoomName name = RoomPath.name(room);
    WebSocketConnection.Request wanted;
    try {
      Start asked = PlainClient.start(request.getParam("since"), request.getParam("last"));
      Start start = authentication.requireStart(identity, name, asked);
      TagFilter filter = PlainClient.filter(request);
      loop.requirePlace(name, filter);
      Member member = PlainClient.member(identity, request.getParam("name"));
      boolean echo = echo(request.getParam("echo"));
      Agreed agreed =
          Agreed.with(
              request,
              List.of(WebSocketConnection.CURSOR_SUB_PROTOCOL),
              loop.rooms().options(name).compression() ? deflate : null);
      wanted = new WebSocketConnection.Request(name, member, identity, start, filter, echo, agreed);
    } catch (IllegalArgumentException e) {
      throw RequestRefused.of(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
    Handshake.accept(
        request, wanted.agreed(), place -> WebSocketConnection.open(place, wanted, loop));
  }

  private static boolean echo(@Nullable String text) {
    if (text != null && !text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("echo is true or false");
    }
    return text == null || text.equals("true");
  }
}
