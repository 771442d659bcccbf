package io.stentor.support;

import io.stentor.config.ConfigLoader;
import io.stentor.lifecycle.Node;
import io.stentor.lifecycle.Startup;
import io.vertx.core.Promise;
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
  private final Path file;

  private NodeInProcess(Node node, Path file) {
    this.node = node;
    this.file = file;
  }

  /** Starts a node with these options laid over the defaults. */
  public static NodeInProcess start(JsonObject options) throws IOException {
    Path file = Files.createTempFile("stentor", ".json");
    Files.writeString(file, complete(options).encode());
    ConfigLoader loader = new ConfigLoader(Path.of("target"), Map.of());
    Node node =
        Startup.start(
                loader.load(List.of(file.toString()), List.of()), Promise.<Void>promise().future())
            .toCompletionStage()
            .toCompletableFuture()
            .orTimeout(30, TimeUnit.SECONDS)
            .join();
    return new NodeInProcess(node, file);
  }

  private static JsonObject complete(JsonObject options) {
    JsonObject http = options.getJsonObject("http", new JsonObject()).copy();
    if (!http.containsKey("port")) {
      http.put("port", 0);
    }
    return options.copy().put("http", http.put("host", "127.0.0.1")).put("eventLoops", 2);
  }

  /** Where it listens. */
  public int port() {
    return node.port();
  }

  /** Changes the file of the node's options to these, which it notices by itself. */
  public void change(JsonObject options) throws IOException {
    write(complete(options).encode());
  }

  /** Changes the file to any text. */
  public void write(String text) throws IOException {
    Files.writeString(file, text);
  }

  /** Has the node read its files, as SIGHUP does; does not wait. */
  public void reload() {
    node.reload();
  }

  @Override
  public void close() {
    node.stop().toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
