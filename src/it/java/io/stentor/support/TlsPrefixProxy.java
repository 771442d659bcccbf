package io.stentor.support;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.net.JksOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A reverse proxy as sites have it: TLS outside, plain inside, and the server under {@code /chat/}.
 * Its certificate is signed by nobody. Any thread.
 */
public final class TlsPrefixProxy implements AutoCloseable {
  private static final String PREFIX = "/chat";
  private static final String PASSWORD = "changeit";

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = vertx.createHttpClient();
  private final WebSocketClient webSockets = vertx.createWebSocketClient();
  private final int target;
  private final HttpServer server;

  /**
   * Starts the proxy.
   *
   * @param directory an empty one, for the key store
   * @param target port of the server behind
   */
  public TlsPrefixProxy(Path directory, int target) {
    this.target = target;
    JksOptions key = new JksOptions().setPath(makeKey(directory).toString()).setPassword(PASSWORD);
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setSsl(true).setKeyCertOptions(key))
            .requestHandler(this::pass)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  /** The address of the server's root as a browser sees it. */
  public String address() {
    return "https://localhost:" + server.actualPort() + PREFIX + "/";
  }

  private void pass(HttpServerRequest request) {
    if (!request.path().startsWith(PREFIX + "/")) {
      request.response().setStatusCode(404).end("outside of the prefix");
      return;
    }
    String path = request.uri().substring(PREFIX.length());
    if ("websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
      request.pause();
      webSockets
          .connect(target, "127.0.0.1", path)
          .compose(inner -> request.toWebSocket().onSuccess(outer -> join(outer, inner)))
          .onFailure(failure -> request.response().setStatusCode(502).end());
      return;
    }
    http.request(request.method(), target, "127.0.0.1", path)
        .compose(inner -> inner.send())
        .onSuccess(
            answer -> {
              request.response().setStatusCode(answer.statusCode());
              answer.headers().forEach(request.response()::putHeader);
              answer.pipeTo(request.response());
            });
  }

  private static void join(ServerWebSocket outer, WebSocket inner) {
    outer.textMessageHandler(inner::writeTextMessage);
    inner.textMessageHandler(outer::writeTextMessage);
    outer.closeHandler(gone -> inner.close());
    inner.closeHandler(gone -> outer.close());
  }

  private static Path makeKey(Path directory) {
    Path store = directory.resolve("proxy.jks");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    ProcessBuilder command =
        new ProcessBuilder(
            keytool,
            "-genkeypair",
            "-alias",
            "proxy",
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-storetype",
            "JKS",
            "-storepass",
            PASSWORD,
            "-keypass",
            PASSWORD,
            "-keystore",
            store.toString());
    try {
      if (command.redirectErrorStream(true).start().waitFor() != 0) {
        throw new IllegalStateException("keytool failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return store;
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
