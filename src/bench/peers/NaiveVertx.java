import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The broadcast server that one writes first with Vert.x: an event-bus consumer for each room of
 * the verticle, and {@code writeTextMessage} to each socket; a POST is published on the event bus.
 */
public final class NaiveVertx extends VerticleBase {
  private final Map<String, Set<ServerWebSocket>> rooms = new HashMap<>();
  private final int port;

  private NaiveVertx(int port) {
    this.port = port;
  }

  /** Serves on the port that the first argument names. */
  public static void main(String[] args) {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    vertx.deployVerticle(new NaiveVertx(Integer.parseInt(args[0]))).await();
  }

  @Override
  public Future<?> start() {
    Router router = Router.router(vertx);
    router.post("/rooms/:room/messages").handler(BodyHandler.create()).handler(this::publish);
    return vertx
        .createHttpServer()
        .webSocketHandler(this::join)
        .requestHandler(router)
        .listen(port, "127.0.0.1");
  }

  private void publish(RoutingContext ctx) {
    vertx.eventBus().publish("/rooms/" + ctx.pathParam("room"), ctx.body().asString());
    ctx.response().setStatusCode(201).end();
  }

  private void join(ServerWebSocket socket) {
    String room = socket.path();
    Set<ServerWebSocket> members = rooms.get(room);
    if (members == null) {
      Set<ServerWebSocket> first = new HashSet<>();
      rooms.put(room, first);
      vertx.eventBus().<String>consumer(room, text -> send(first, text.body()));
      members = first;
    }
    members.add(socket);
    Set<ServerWebSocket> mine = members;
    socket.textMessageHandler(text -> vertx.eventBus().publish(room, text));
    socket.closeHandler(end -> mine.remove(socket));
  }

  private static void send(Set<ServerWebSocket> members, String text) {
    for (ServerWebSocket member : members) {
      member.writeTextMessage(text);
    }
  }
}
