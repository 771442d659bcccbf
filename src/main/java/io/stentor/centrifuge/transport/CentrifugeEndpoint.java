package io.stentor.centrifuge.transport;

import io.stentor.centrifuge.codec.ClientFormat;
import io.stentor.centrifuge.codec.Framing;
import io.stentor.centrifuge.codec.JsonFormat;
import io.stentor.centrifuge.codec.ProtobufFormat;
import io.stentor.centrifuge.transport.CentrifugeConnection.ConnectParameters;
import io.stentor.centrifuge.transport.CentrifugeStream.StreamForm;
import io.stentor.centrifuge.transport.Mailboxes.PostedCommands;
import io.stentor.http.LoopContext;
import io.stentor.http.Problem;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestBody;
import io.stentor.http.RequestLimiter;
import io.stentor.http.RequestRefused;
import io.stentor.http.Responses;
import io.stentor.sse.StreamingResponses;
import io.stentor.websocket.Handshake;
import io.stentor.websocket.Handshake.Agreed;
import io.stentor.websocket.PermessageDeflate;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Serves the Centrifuge protocol over WebSocket, HTTP streaming and SSE, and accepts posted
 * commands. Clients authenticate with the {@code connect} command, not with the request. Confined
 * to one event loop.
 */
public final class CentrifugeEndpoint {

  /** The path for posted commands. */
  public static final String POSTS = "/emulation";

  private static final String PROTOBUF = "protobuf";

  /** The default {@code connect} request: an empty object. */
  private static final byte[] EMPTY_CONNECT = {'{', '}'};

  /**
   * Allowance for the JSON around the commands, in bytes. Escaping may double the length of the
   * commands themselves.
   */
  private static final int ENVELOPE_BYTES = 1024;

  private static final String WEBSOCKET = "/connection/websocket";

  /** The path of unidirectional WebSockets. */
  private static final String UNI_WEBSOCKET = "/connection/uni_websocket";

  private final LoopContext loop;
  private final Mailboxes mailboxes;
  private final StreamingResponses streams;
  private final PermessageDeflate deflate;

  /**
   * Creates the endpoint of one event loop.
   *
   * @param mailboxes the mailboxes of the node
   * @param streams starts the streaming responses
   * @param deflate compresses messages of WebSockets
   */
  public CentrifugeEndpoint(
      LoopContext loop,
      Mailboxes mailboxes,
      StreamingResponses streams,
      PermessageDeflate deflate) {
    this.loop = loop;
    this.mailboxes = mailboxes;
    this.streams = streams;
    this.deflate = deflate;
  }

  /** Returns the handler of each operation in the API contract, by {@code operationId}. */
  public Map<String, Handler<RoutingContext>> operations() {
    return Map.of(
        "connectByHttpStream",
            ctx ->
                openByBody(
                    ctx,
                    hasProtobuf(ctx.request())
                        ? StreamForm.PROTOBUF_STREAM
                        : StreamForm.HTTP_STREAM),
        "connectBySse", ctx -> openByQuery(ctx, StreamForm.SSE),
        "connectBySseBody", ctx -> openByBody(ctx, StreamForm.SSE),
        "postCommands", this::handlePost,
        "listenByHttpStream",
            ctx ->
                openByBody(
                    ctx,
                    asksForProtobuf(ctx.request())
                        ? StreamForm.UNI_PROTOBUF_STREAM
                        : StreamForm.UNI_HTTP_STREAM),
        "listenBySse", ctx -> openByQuery(ctx, StreamForm.UNI_SSE),
        "listenBySseBody", ctx -> openByBody(ctx, StreamForm.UNI_SSE));
  }

  /** Returns the handlers of WebSocket upgrades, by path. */
  public Map<String, Handler<HttpServerRequest>> upgrades() {
    return Map.of(WEBSOCKET, this::upgrade, UNI_WEBSOCKET, this::upgrade);
  }

  private void upgrade(HttpServerRequest request) {
    Agreed agreed =
        Agreed.with(
            request,
            List.of(CentrifugeSocket.JSON, CentrifugeSocket.PROTOBUF),
            loop.anyCompression() ? deflate : null);
    boolean protobuf =
        CentrifugeSocket.PROTOBUF.equals(agreed.subProtocol()) || asksForProtobuf(request);
    boolean listens = UNI_WEBSOCKET.equals(request.path());
    String connect = listens ? request.getParam("cf_connect") : null;
    byte[] first = connect == null ? null : connect.getBytes(StandardCharsets.UTF_8);
    ConnectParameters parameters = ConnectParameters.of(request);
    ClientFormat format =
        protobuf
            ? ProtobufFormat.of(Framing.BINARY_WEB_SOCKET, listens, parameters.time())
            : JsonFormat.of(Framing.WEB_SOCKET, listens, parameters.time());
    Handshake.accept(
        request,
        agreed,
        place ->
            CentrifugeSocket.open(place, format, agreed.deflate(), parameters.name(), first, loop));
  }

  private static boolean asksForProtobuf(HttpServerRequest request) {
    return PROTOBUF.equals(request.getParam("cf_protocol"))
        || PROTOBUF.equals(request.getParam("format"));
  }

  /** Opens a stream for a {@code connect} request in the query parameter {@code cf_connect}. */
  private void openByQuery(RoutingContext ctx, StreamForm form) {
    String connect = ctx.request().getParam("cf_connect");
    byte[] first = connect == null ? EMPTY_CONNECT : connect.getBytes(StandardCharsets.UTF_8);
    try {
      open(ctx.request(), form, ConnectParameters.of(ctx.request()), first);
    } catch (RequestRefused refusal) {
      refusal.answer(ctx.request());
    }
  }

  private void openByBody(RoutingContext ctx, StreamForm form) {
    HttpServerRequest request = ctx.request();
    try {
      ConnectParameters parameters = ConnectParameters.of(request);
      RequestBody.read(request, loop.maxFrameBytes())
          .onSuccess(body -> open(request, form, parameters, body.getBytes()))
          .onFailure(failure -> RequestRefused.answer(request, failure));
    } catch (RequestRefused refusal) {
      refusal.answer(request);
    }
  }

  private static boolean hasProtobuf(HttpServerRequest request) {
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    return type != null && type.toLowerCase(Locale.ROOT).startsWith(StreamForm.OCTETS);
  }

  private void open(
      HttpServerRequest request, StreamForm form, ConnectParameters parameters, byte[] connect) {
    streams.begin(
        request,
        form.contentType(),
        stream -> CentrifugeStream.open(form, parameters, connect, loop, mailboxes, stream));
  }

  /** Handles posted commands of a client whose stream is on this node or another one. */
  private void handlePost(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    RequestBody.read(request, 2 * loop.maxFrameBytes() + ENVELOPE_BYTES)
        .map(body -> post(hasProtobuf(request), body))
        .compose(post -> deliver(request, post))
        .onSuccess(taken -> answer(request, taken))
        .onFailure(failure -> RequestRefused.answer(request, failure));
  }

  /**
   * Delivers the commands. The request itself has already been charged as one message, so only the
   * others are charged here.
   */
  private Future<Boolean> deliver(HttpServerRequest request, PostedCommands post) {
    RequestLimiter.charge(request, post.count() - 1);
    return mailboxes.deliver(post);
  }

  private PostedCommands post(boolean protobuf, Buffer body) {
    PostedCommands post;
    try {
      post =
          protobuf
              ? PostedCommands.ofProtobuf(body.getBytes())
              : PostedCommands.ofJson(body.getBytes());
    } catch (IllegalArgumentException e) {
      String form =
          protobuf
              ? "A body is an EmulationRequest with node, session and data; "
              : "A body is {\"session\":…,\"node\":…,\"data\":…} with three strings; ";
      String detail = form + e.getMessage() + ".";
      throw RequestRefused.of(ProblemType.BAD_REQUEST, detail);
    }
    if (post.commands().length > loop.maxFrameBytes()) {
      String detail = "Commands have at most " + loop.maxFrameBytes() + " bytes together.";
      throw RequestRefused.of(ProblemType.TOO_LARGE, detail);
    }
    return post;
  }

  private static void answer(HttpServerRequest request, boolean taken) {
    if (!taken) {
      String detail = "There is no such node, or there is none any more: connect again.";
      Problem.answer(request, ProblemType.NOT_FOUND, detail);
    } else {
      Responses.send(request.response(), response -> response.setStatusCode(204).end());
    }
  }
}
