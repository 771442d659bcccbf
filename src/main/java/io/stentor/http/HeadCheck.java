package io.stentor.http;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.stentor.admission.ConnectionGuard;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Checks the head of every HTTP/1 request before Vert.x receives it. A head that violates RFC 9112
 * is marked as invalid, so that {@link ErrorHandlers#invalidRequest} answers it. List headers that
 * Vert.x treats as a single value are normalized. Stateless; event loop of the connection.
 */
@Sharable
public final class HeadCheck extends ChannelInboundHandlerAdapter {

  private static final String NAME = "head";
  private static final HeadCheck INSTANCE = new HeadCheck();

  /** Name of the Vert.x handler at the end of the pipeline. */
  private static final String LAST = "handler";

  private static final String CHUNKED = "chunked";
  private static final String CLOSE = "close";
  private static final String UPGRADE = "upgrade";
  private static final String HTTP2 = "h2c";
  private static final String HTTP2_SETTINGS = "http2-settings";

  /** Each setting consists of an identifier and a value (RFC 9113, section 6.5.1). */
  private static final int HTTP2_SETTING_BYTES = 6;

  /** Headers with one value: two different ones would be read differently by a proxy in front. */
  private static final List<String> SINGLE =
      List.of("Authorization", "X-API-Key", "Content-Type", "Content-Encoding", "Origin");

  private static final int LAST_ASCII = 0x7e;

  /**
   * Installs the check when the first bytes arrive, after decryption if TLS is used. Before that,
   * it is not known whether the connection uses HTTP/1, and the pipeline has no decoder.
   */
  private static final class Installer extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ChannelPipeline pipeline = ctx.pipeline();
      ChannelHandlerContext decoder = pipeline.context(HttpRequestDecoder.class);
      if (decoder != null) {
        pipeline.addAfter(decoder.name(), NAME, INSTANCE);
      }
      pipeline.remove(this);
      ctx.fireChannelRead(message);
    }
  }

  private HeadCheck() {}

  /** Checks all further requests of a connection. Must be called before anything is decoded. */
  static void install(ChannelPipeline pipeline) {
    if (pipeline.get(LAST) == null) {
      pipeline.addLast(new Installer());
    } else {
      pipeline.addBefore(LAST, null, new Installer());
    }
  }

  /** Removes the check from a connection that will carry no more requests. Idempotent. */
  static void remove(ChannelPipeline pipeline) {
    if (pipeline.get(NAME) != null) {
      pipeline.remove(NAME);
    }
  }

  /** The elements of a list header in lower case, from all of its lines. */
  public static List<String> list(List<String> lines) {
    List<String> elements = new ArrayList<>();
    for (String line : lines) {
      for (String element : line.split(",", -1)) {
        String bare = element.strip();
        if (!bare.isEmpty()) {
          elements.add(bare.toLowerCase(Locale.ROOT));
        }
      }
    }
    return elements;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      HttpVersion requestedVersion = request.protocolVersion();
      if (!requestedVersion.equals(HttpVersion.HTTP_1_0)) {
        // The response repeats the version. Later minor versions are served as HTTP/1.1 (RFC 9110,
        // section 2.5).
        request.setProtocolVersion(HttpVersion.HTTP_1_1);
      }
      if (request.decoderResult().isSuccess()) {
        check(request, requestedVersion);
      } else {
        // Vert.x would otherwise still perform an upgrade to HTTP/2.
        request.headers().remove(HttpHeaderNames.UPGRADE);
      }
      ctx.fireChannelRead(message);
      return;
    }
    ConnectionGuard guard = ConnectionGuard.of(ctx.channel());
    if (isBroken(message) && guard != null) {
      ReferenceCountUtil.release(message);
      refuseBody(ctx, guard.latestRequest());
    } else {
      ctx.fireChannelRead(message);
    }
  }

  /**
   * Answers a request whose body has a malformed chunk, and closes the connection: the bytes that
   * follow cannot be parsed.
   */
  private static void refuseBody(ChannelHandlerContext ctx, @Nullable HttpServerRequest request) {
    if (request == null) {
      ctx.channel().close();
      return;
    }
    if (!request.isEnded()) {
      String detail = "The chunks of the body are not as RFC 9112, section 7.1, has them.";
      Problem.answer(request, ProblemType.BAD_REQUEST, detail);
    }
    request.connection().close();
  }

  private static boolean isBroken(Object message) {
    return message instanceof HttpContent content && content.decoderResult().isFailure();
  }

  private static void check(HttpRequest request, HttpVersion requestedVersion) {
    HttpHeaders headers = request.headers();
    String headError = headError(requestedVersion, headers);
    if (headError != null) {
      headers.remove(HttpHeaderNames.UPGRADE);
      request.setDecoderResult(
          DecoderResult.failure(RequestRefused.of(ProblemType.BAD_REQUEST, headError)));
    }
    request.setUri(ascii(request.uri()));
    normalize(headers);
  }

  private static @Nullable String headError(HttpVersion version, HttpHeaders headers) {
    if (version.majorVersion() != 1 || !version.protocolName().equals("HTTP")) {
      return "HTTP/1.0, HTTP/1.1 and HTTP/2 are spoken here, not " + version.text() + ".";
    }
    List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1) {
      return "The header Host is given twice.";
    }
    if (hosts.isEmpty() && !version.equals(HttpVersion.HTTP_1_0)) {
      return "The header Host is missing.";
    }
    if (!hosts.isEmpty() && !isHost(hosts.get(0))) {
      return "The header Host is not a host, with or without a port.";
    }
    List<String> codings = list(headers.getAll(HttpHeaderNames.TRANSFER_ENCODING));
    if (!codings.isEmpty() && !codings.equals(List.of(CHUNKED))) {
      return "A body is taken as it is or chunked, in no other Transfer-Encoding.";
    }
    return ambiguous(headers);
  }

  private static @Nullable String ambiguous(HttpHeaders headers) {
    for (String name : SINGLE) {
      List<String> values = headers.getAll(name);
      if (values.size() > 1 && values.stream().distinct().count() > 1) {
        return "The header " + name + " is given twice, with different values.";
      }
    }
    return null;
  }

  private static boolean isHost(String value) {
    return value.isEmpty() || HostAndPort.parseAuthority(value, -1) != null;
  }

  /** Percent-encodes the bytes that are not ASCII. */
  private static String ascii(String target) {
    if (target.chars().allMatch(c -> c <= LAST_ASCII)) {
      return target;
    }
    StringBuilder encoded = new StringBuilder(target.length() + 16);
    for (byte b : target.getBytes(StandardCharsets.ISO_8859_1)) {
      if (b < 0 || b > LAST_ASCII) {
        encoded.append(String.format("%%%02X", b & 0xff));
      } else {
        encoded.append((char) b);
      }
    }
    return encoded.toString();
  }

  private static void normalize(HttpHeaders headers) {
    List<String> options = list(headers.getAll(HttpHeaderNames.CONNECTION));
    if (options.size() > 1) {
      boolean ends = options.contains(CLOSE) && !options.contains(UPGRADE);
      headers.set(HttpHeaderNames.CONNECTION, ends ? CLOSE : String.join(", ", options));
    }
    List<String> protocols = list(headers.getAll(HttpHeaderNames.UPGRADE));
    if (protocols.contains(HttpHeaderValues.WEBSOCKET.toString())) {
      headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    } else if (protocols.contains(HTTP2)) {
      if (isHttp2(options, headers)) {
        headers.set(HttpHeaderNames.UPGRADE, HTTP2);
      } else {
        // Serve the request as HTTP/1.1. Vert.x would answer 400 without a body.
        headers.remove(HttpHeaderNames.UPGRADE);
      }
    }
  }

  /** Returns whether an upgrade request to HTTP/2 is complete (RFC 7540, section 3.2.1). */
  private static boolean isHttp2(List<String> options, HttpHeaders headers) {
    List<String> settings = headers.getAll(HTTP2_SETTINGS);
    if (settings.size() != 1 || !options.contains(UPGRADE) || !options.contains(HTTP2_SETTINGS)) {
      return false;
    }
    try {
      byte[] decoded = Base64.getUrlDecoder().decode(settings.get(0));
      return decoded.length % HTTP2_SETTING_BYTES == 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
