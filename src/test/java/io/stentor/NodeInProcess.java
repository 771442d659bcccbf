package io.stentor;

import io.stentor.config.ConfigLoader;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A whole node inside this JVM, alone, on a free port of the loopback interface. */
public final class NodeInProcess implements AutoCloseable {
  private final Node node;

  private NodeInProcess(Node node) {
    this.node = node;
  }

  /** Starts a node with these options laid over the defaults. */
  public static NodeInProcess start(JsonObject options) throws IOException {
    JsonObject http = options.getJsonObject("http", new JsonObject());
    http.put("host", "127.0.0.1").put("port", 0);
    JsonObject all = options.copy().put("http", http).put("eventLoops", 2);
    Path file = Files.createTempFile("stentor", ".json");
    Files.writeString(file, all.encode());
    ConfigLoader loader = new ConfigLoader(Path.of("target"), Map.of());
    return new NodeInProcess(
        Node.start(loader.load(List.of(file.toString()), List.of()))
            .toCompletionStage()
            .toCompletableFuture()
            .orTimeout(30, TimeUnit.SECONDS)
            .join());
  }

  /** Where it listens. */
  public int port() {
    return node.port();
  }

  @Override
  public void close() {
    node.stop().toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
