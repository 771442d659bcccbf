package io.stentor.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.stentor.http.HeadCheck;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.http.Takeover;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The opening handshake of a WebSocket (RFC 6455, section 4). */
public final class Handshake {

  private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

  private static final String KEY = "Sec-WebSocket-Key";
  private static final String VERSION = "Sec-WebSocket-Version";
  private static final String SUB_PROTOCOL = "Sec-WebSocket-Protocol";
  private static final String SUPPORTED_VERSION = "13";

  /** 16 bytes in Base64. */
  private static final Pattern KEY_FORM = Pattern.compile("[A-Za-z0-9+/]{22}==");

  /** RFC 6455, section 1.3. */
  private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private Handshake() {}

  /** Returns whether the request asks for a WebSocket, possibly among other protocols. */
  public static boolean isAsked(HttpServerRequest request) {
    MultiMap headers = request.headers();
    return headers.contains(HttpHeaders.UPGRADE)
        && HeadCheck.list(headers.getAll(HttpHeaders.UPGRADE)).contains("websocket");
  }

  /**
   * Requires a valid opening handshake.
   *
   * @throws RequestRefused if it is invalid; the response then names the supported version
   */
  static void require(HttpServerRequest request) {
    MultiMap headers = request.headers();
    List<String> versions = headers.getAll(VERSION);
    String wrong = wrong(request);
    if (wrong != null) {
      request.response().putHeader(VERSION, SUPPORTED_VERSION);
      boolean understood = versions.equals(List.of(SUPPORTED_VERSION));
      throw RequestRefused.of(
          understood ? ProblemType.BAD_REQUEST : ProblemType.UPGRADE_REQUIRED, wrong);
    }
  }

  private static @Nullable String wrong(HttpServerRequest request) {
    MultiMap headers = request.headers();
    List<String> keys = headers.getAll(KEY);
    if (request.version() != HttpVersion.HTTP_1_1 || !request.method().equals(HttpMethod.GET)) {
      return "A WebSocket is opened with GET over HTTP/1.1.";
    }
    if (!HeadCheck.list(headers.getAll(HttpHeaders.CONNECTION)).contains("upgrade")) {
      return "The header Connection has to say Upgrade.";
    }
    if (!headers.getAll(VERSION).equals(List.of(SUPPORTED_VERSION))) {
      return "Only version 13 of the WebSocket protocol is spoken here.";
    }
    if (keys.size() > 1) {
      return "The header Sec-WebSocket-Key is given twice.";
    }
    if (keys.isEmpty() || !KEY_FORM.matcher(keys.get(0)).matches()) {
      return "The header Sec-WebSocket-Key has to be 16 bytes in Base64.";
    }
    String length = headers.get(HttpHeaders.CONTENT_LENGTH);
    if (headers.contains(HttpHeaders.TRANSFER_ENCODING)
        || (length != null && !length.matches("0+"))) {
      return "A request that opens a WebSocket has no body.";
    }
    return null;
  }

  /**
   * What the two sides agree on (RFC 6455, section 4.2.2).
   *
   * @param subProtocol null for none
   * @param extension the answer to the client's offer of {@link PermessageDeflate}; null for none
   * @param deflate compresses the messages; null if they are not compressed
   */
  public record Agreed(
      @Nullable String subProtocol,
      @Nullable String extension,
      @Nullable PermessageDeflate deflate) {

    /**
     * Chooses from what a client offers.
     *
     * @param subProtocols in order of preference
     * @param deflate compresses the messages if the client offers it; null if it may not
     */
    public static Agreed with(
        HttpServerRequest request, List<String> subProtocols, @Nullable PermessageDeflate deflate) {
      List<String> offered = HeadCheck.list(request.headers().getAll(SUB_PROTOCOL));
      String chosen = null;
      for (String each : subProtocols) {
        chosen = chosen == null && offered.contains(each) ? each : chosen;
      }
      String extension = deflate == null ? null : PermessageDeflate.accept(request);
      return new Agreed(chosen, extension, extension == null ? null : deflate);
    }
  }

  /**
   * Accepts the WebSocket and takes over the connection once the request has arrived completely,
   * which is usually immediately. Must be called after {@link #require}.
   *
   * @param opened receives the context of the frame encoder; see {@link Takeover#accept}
   */
  public static void accept(
      HttpServerRequest request, Agreed agreed, Consumer<ChannelHandlerContext> opened) {
    if (request.isEnded()) {
      takeOver(request, agreed, opened);
    } else {
      request.endHandler(end -> takeOver(request, agreed, opened));
    }
  }

  private static void takeOver(
      HttpServerRequest request, Agreed agreed, Consumer<ChannelHandlerContext> opened) {
    if (request.response().closed()) {
      return;
    }
    ChannelHandlerContext place = Takeover.accept(request.connection(), response(request, agreed));
    try {
      opened.accept(place);
    } catch (RuntimeException failure) {
      LOG.warn("the WebSocket of {} could not begin: {}", request.path(), failure.toString());
      LOG.debug("the failure", failure);
      place.channel().close();
    }
  }

  private static ByteBuf response(HttpServerRequest request, Agreed agreed) {
    String head =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + accept(String.valueOf(request.getHeader(KEY)))
            + header(SUB_PROTOCOL, agreed.subProtocol())
            + header(PermessageDeflate.HEADER, agreed.extension())
            + "\r\n\r\n";
    return Unpooled.copiedBuffer(head, StandardCharsets.US_ASCII);
  }

  private static String header(String name, @Nullable String value) {
    return value == null ? "" : "\r\n" + name + ": " + value;
  }

  private static String accept(String key) {
    try {
      byte[] both = (key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(both));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
