package io.stentor.server;

import io.netty.channel.EventLoop;
import io.stentor.centrifuge.api.ServerApi;
import io.stentor.centrifuge.api.ServerApiEndpoint;
import io.stentor.centrifuge.transport.CentrifugeEndpoint;
import io.stentor.centrifuge.transport.CentrifugeSocket;
import io.stentor.centrifuge.transport.Mailboxes;
import io.stentor.config.Config;
import io.stentor.config.LiveConfig;
import io.stentor.connection.Heartbeat;
import io.stentor.files.LibraryFiles;
import io.stentor.files.StaticFiles;
import io.stentor.http.AllowedOrigins;
import io.stentor.http.ApiRoutes;
import io.stentor.http.Authentication;
import io.stentor.http.Contract;
import io.stentor.http.ErrorHandlers;
import io.stentor.http.EventStreamRefusal;
import io.stentor.http.LoopContext;
import io.stentor.http.NodeServices;
import io.stentor.http.NodeUrls;
import io.stentor.http.Problem;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestLimiter;
import io.stentor.http.api.BatchEndpoint;
import io.stentor.http.api.HttpPublisher;
import io.stentor.http.api.LoginEndpoint;
import io.stentor.http.api.LongPolls;
import io.stentor.http.api.MessagesEndpoint;
import io.stentor.http.api.NodesEndpoint;
import io.stentor.http.api.RoomsEndpoint;
import io.stentor.identity.Access;
import io.stentor.message.CloseReason;
import io.stentor.sse.SseConnection;
import io.stentor.sse.SseEndpoint;
import io.stentor.sse.StreamingResponses;
import io.stentor.websocket.Handshake;
import io.stentor.websocket.PermessageDeflate;
import io.stentor.websocket.WebSocketConnection;
import io.stentor.websocket.WebSocketEndpoint;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The HTTP and WebSocket endpoints of one event loop, and their connections. */
public final class Endpoints implements Handler<HttpServerRequest> {

  /** All supported WebSocket subprotocols. Which of them apply depends on the path. */
  public static final List<String> SUB_PROTOCOLS =
      List.of(
          WebSocketConnection.CURSOR_SUB_PROTOCOL,
          CentrifugeSocket.JSON,
          CentrifugeSocket.PROTOBUF);

  /**
   * The {@code Retry-After} of requests that are refused during a drain, so that clients reach
   * another node.
   */
  private static final int RETRY_SECONDS = 2;

  private final EventLoop eventLoop;
  private final Heartbeat heartbeat;
  private final WebSocketEndpoint sockets;
  private final SseEndpoint events;
  private final Router router;
  private final RequestLimiter limiter;
  private final LongPolls polls;
  private final AllowedOrigins origins;
  private boolean draining;

  /** When the last client will have been disconnected, by {@link System#nanoTime}. */
  private long goneAtNanos;

  /**
   * Creates the endpoints of one event eventLoop.
   *
   * @param services the shared services of the node
   * @param nodes the URLs of the nodes
   * @param api the Centrifuge server API of the node
   * @param mailboxes the mailboxes of the node
   * @param deflate compresses the messages of the node's WebSockets
   */
  public Endpoints(
      Vertx vertx,
      EventLoop eventLoop,
      NodeServices services,
      NodeUrls nodes,
      ServerApi api,
      Mailboxes mailboxes,
      PermessageDeflate deflate) {
    LiveConfig live = services.live();
    Access access = services.access();
    Config config = live.get();
    LoopContext loop = LoopContext.of(eventLoop, services);
    this.eventLoop = eventLoop;
    limiter = new RequestLimiter(services.rooms().limits());
    heartbeat = loop.heartbeat();
    polls = new LongPolls(eventLoop);
    Authentication authentication = new Authentication(access);
    origins = new AllowedOrigins(() -> live.get().http().allowedOrigins(), nodes);
    StreamingResponses streams = new StreamingResponses(eventLoop, () -> live.get().webSocket());
    events = new SseEndpoint(loop, authentication, streams);
    CentrifugeEndpoint centrifuge = new CentrifugeEndpoint(loop, mailboxes, streams, deflate);
    sockets = new WebSocketEndpoint(loop, origins, authentication, deflate, centrifuge.upgrades());
    router = Router.router(vertx);
    Map<String, Handler<RoutingContext>> operations = operations(vertx, loop, authentication);
    operations.replaceAll((id, handler) -> authentication.before(handler));
    operations.putAll(centrifuge.operations());
    operations.put("getContract", Contract.read()::handleGet);
    operations.put("getContractAsJson", Contract.read()::handleGetAsJson);
    NodesEndpoint urls = new NodesEndpoint(nodes);
    operations.put("listNodes", urls::handleList);
    LoginEndpoint login = new LoginEndpoint(() -> live.get().identity().demoLogin(), access);
    operations.put("getLoginOptions", login::handleOptions);
    operations.put("isDemoLoginOffered", login::handleOffered);
    operations.put("demoLogin", login::handleLogin);
    ServerApiEndpoint servers = new ServerApiEndpoint(api, access, context(vertx));
    operations.putAll(servers.operations());
    ApiRoutes.mount(router, Contract.read(), origins, operations);
    urls.mountFrame(router);
    LibraryFiles.mount(router);
    StaticFiles.mount(router, vertx, config.http().webroot());
    ErrorHandlers.mount(router);
  }

  private static ContextInternal context(Vertx vertx) {
    return (ContextInternal) vertx.getOrCreateContext();
  }

  /** Returns the handler of each operation in the API contract, by {@code operationId}. */
  private Map<String, Handler<RoutingContext>> operations(
      Vertx vertx, LoopContext loop, Authentication authentication) {
    ContextInternal context = context(vertx);
    HttpPublisher publishing = new HttpPublisher(loop.rooms(), authentication, context);
    MessagesEndpoint messages = new MessagesEndpoint(loop, authentication, publishing, polls);
    Map<String, Handler<RoutingContext>> operations = new HashMap<>();
    operations.put("getMessages", messages::handleGet);
    operations.put("publishMessage", messages::handlePublish);
    operations.put("publishMessages", new BatchEndpoint(publishing)::handlePublish);
    RoomsEndpoint rooms = new RoomsEndpoint(loop, authentication, context);
    operations.put("listRooms", rooms::handleList);
    operations.put("getRoom", rooms::handleRoom);
    operations.put("getMembers", rooms::handleMembers);
    operations.put("streamEvents", events::handleStreamEvents);
    return operations;
  }

  /**
   * Dispatches a request. Upgrades bypass the router: its context would stay in memory as long as
   * the socket.
   */
  @Override
  public void handle(HttpServerRequest request) {
    if (EventStreamRefusal.isAsked(request)) {
      origins.letRead(request);
    }
    if (draining && !CentrifugeEndpoint.POSTS.equals(request.path())) {
      refuseWhileDraining(request);
    } else if (!limiter.admits(request)) {
      return;
    } else if (Handshake.isAsked(request)) {
      sockets.handle(request);
    } else if (sockets.isForUpgrades(request.path())) {
      WebSocketEndpoint.requireUpgrade(request);
    } else {
      router.handle(request);
    }
  }

  private void refuseWhileDraining(HttpServerRequest request) {
    String detail = "This node is stopping; try again, another one serves.";
    if (EventStreamRefusal.isAsked(request)) {
      int retryMillis = SseConnection.retryMillisBehind(goneAtNanos - System.nanoTime());
      EventStreamRefusal.answer(
          request, ProblemType.DRAINING, CloseReason.SHUTDOWN, detail, retryMillis);
    } else {
      Problem.answerRetry(request, ProblemType.DRAINING, detail, RETRY_SECONDS);
    }
  }

  /**
   * Returns a handler that counts each request against its client's limits and then calls {@code
   * next}, which eventually leads to {@link #handle}.
   */
  public Handler<HttpServerRequest> counting(Handler<HttpServerRequest> next) {
    return limiter.before(next);
  }

  /**
   * Checks the limits for a request for health or metrics. Returns false if the request was refused
   * and answered.
   */
  public boolean admitsProbe(HttpServerRequest request) {
    return limiter.admitsProbe(request);
  }

  /** Returns the router with all routes mounted. */
  public Router router() {
    return router;
  }

  /** Returns the number of long polls that are waiting. Event loop only. */
  public int waitingPolls() {
    return polls.waiting();
  }

  /**
   * Refuses new requests from now on. Requests that were already accepted continue, as do commands
   * of clients that are still connected. Event loop only.
   */
  public void refuse() {
    draining = true;
    goneAtNanos = System.nanoTime();
  }

  /**
   * Disconnects every client, spread over a number of seconds. Event loop only.
   *
   * @param hurry when completed, the remaining clients are disconnected at once
   * @return completes when every client has been told to disconnect
   */
  public Future<Void> disconnectClients(int seconds, Future<Void> hurry) {
    polls.closeAll();
    List<Runnable> clients = new ArrayList<>();
    heartbeat.forEach(client -> clients.add(client::leave));
    events.forEach(client -> clients.add(client::leave));
    PacedDisconnect disconnect = new PacedDisconnect(clients, seconds);
    goneAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(disconnect.plannedMillis());
    hurry.onSuccess(now -> eventLoop.execute(disconnect::hasten));
    return disconnect.begin(eventLoop);
  }

  /** Disconnects every client at once. Event loop only. */
  public void closeAll() {
    polls.closeAll();
    heartbeat.closeAll(CloseReason.SHUTDOWN);
    events.closeAll();
  }
}
