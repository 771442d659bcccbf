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
 * Checks the head of every HTTP/1 request before Vert.x gets it. A head that RFC 9112 does not allow
 * is marked as invalid, so that {@link ErrorHandlers#invalidRequest} answers it. Header lists that
 * Vert.x reads as one value are normalized. Stateless; event loop of the connection.
 */
@Sharable
public final class HeadCheck extends ChannelInboundHandlerAdapter {

  private static final String NAME = "head";
  private static final HeadCheck INSTANCE = new HeadCheck();

  /** What Vert.x calls the handler at the end of the pipeline. */
  private static final String LAST = "handler";

  private static final String CHUNKED = "chunked";
  private static final String CLOSE = "close";
  private static final String UPGRADE = "upgrade";
  private static final String HTTP2 = "h2c";
  private static final String HTTP2_SETTINGS = "http2-settings";

  /** Each setting has an identifier and a value (RFC 9113, section 6.5.1). */
  private static final int HTTP2_SETTING_BYTES = 6;

  private static final int LAST_ASCII = 0x7e;

  /**
   * Waits for the first bytes that are not those of TLS: until then it is not known whether they
   * are HTTP/1, and there is no decoder.
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

  /** Checks the requests of a connection from now on. To be called before anything is decoded. */
  static void install(ChannelPipeline pipeline) {
    if (pipeline.get(LAST) == null) {
      pipeline.addLast(new Installer());
    } else {
      pipeline.addBefore(LAST, null, new Installer());
    }
  }

  /** Removes the check from a connection that carries no more requests. Idempotent. */
  static void remove(ChannelPipeline pipeline) {
    if (pipeline.get(NAME) != null) {
      pipeline.remove(NAME);
    }
  }

  /** The elements of a header that is a list, in lower case, on however many lines they stand. */
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
      HttpVersion said = request.protocolVersion();
      if (!said.equals(HttpVersion.HTTP_1_0)) {
        // The answer has it too. A later minor version is served as this (RFC 9110, section 2.5).
        request.setProtocolVersion(HttpVersion.HTTP_1_1);
      }
      if (request.decoderResult().isSuccess()) {
        check(request, said);
      } else {
        // Vert.x would answer an upgrade to HTTP/2 all the same.
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

  /** What follows a malformed chunk of a body is not HTTP: the connection ends. */
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

  private static void check(HttpRequest request, HttpVersion said) {
    HttpHeaders headers = request.headers();
    String wrong = wrong(said, headers);
    if (wrong != null) {
      headers.remove(HttpHeaderNames.UPGRADE);
      request.setDecoderResult(
          DecoderResult.failure(RequestRefused.of(ProblemType.BAD_REQUEST, wrong)));
    }
    request.setUri(ascii(request.uri()));
    normalize(headers);
  }

  private static @Nullable String wrong(HttpVersion version, HttpHeaders headers) {
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
    return null;
  }

  private static boolean isHost(String value) {
    return value.isEmpty() || HostAndPort.parseAuthority(value, -1) != null;
  }

  /** Bytes beyond ASCII stand for themselves, as they would with percent signs. */
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
        // Served as HTTP/1.1; Vert.x would answer 400 without a body.
        headers.remove(HttpHeaderNames.UPGRADE);
      }
    }
  }

  /** Whether a request to go on with HTTP/2 is whole (RFC 7540, section 3.2.1). */
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
