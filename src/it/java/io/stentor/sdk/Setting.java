package io.stentor.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.identity.Signer;
import io.stentor.support.Launch;
import io.stentor.support.Scrape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;

/** What the scenarios of {@code src/it/js} rely on: options of the nodes, and tokens. */
final class Setting {
  /** Some seconds, in which a token is renewed. */
  private static final int SHORT_SECONDS = 4;

  private static final String PROTOBUF = "protobuf_";

  /** The transports; event streams are text, so they carry no Protobuf. */
  static final List<String> TRANSPORTS =
      List.of("websocket", "http_stream", "sse", PROTOBUF + "websocket", PROTOBUF + "http_stream");

  private static final Signer SIGNER = Signer.secret("HS256", "secret");

  private Setting() {}

  /** How nodes are started, without a port. */
  static Launch nodes() {
    String options = Path.of("src/it/js/sdk.json").toAbsolutePath().toString();
    return Launch.jar("--host", "127.0.0.1", "--conf", options);
  }

  /** Where a node is reached by a transport. */
  static String url(String transport, int port) {
    String path = transport.replace(PROTOBUF, "");
    String scheme = path.equals("websocket") ? "ws" : "http";
    return scheme + "://127.0.0.1:" + port + "/connection/" + path;
  }

  /** Where a node takes commands of transports that do not carry them. */
  static String posts(int port) {
    return "http://127.0.0.1:" + port + "/emulation";
  }

  /** Some thousand bytes were sent and received compressed, in much less. */
  static void assertCompressed(Scrape before, Scrape after) {
    for (String direction : List.of("sent", "received")) {
      String name = "stentor_compression_%s_bytes_total{direction=\"" + direction + "\"}";
      String plain = name.formatted("plain");
      String compressed = name.formatted("compressed");
      assertThat(after.get(plain) - before.get(plain)).as(plain).isGreaterThan(2000);
      assertThat(after.get(compressed) - before.get(compressed))
          .as(compressed)
          .isBetween(30.0, 1000.0);
    }
  }

  /** Tokens by the names that the scenarios have for them, as JSON. */
  static String tokens() {
    long now = System.currentTimeMillis() / 1000;
    JsonObject ann = new JsonObject().put("sub", "ann").put("info", new JsonObject().put("n", 1));
    JsonObject room = new JsonObject().put("sub", "ann").put("channel", "tokens:a");
    return new JsonObject()
        .put("expired", SIGNER.sign(ann.copy().put("exp", now - 60)))
        .put("short", SIGNER.sign(ann.copy().put("exp", now + SHORT_SECONDS)))
        .put("long", SIGNER.sign(ann.copy().put("exp", now + 3600)))
        .put("room", SIGNER.sign(room.put("info", new JsonObject().put("r", 2))))
        .put("rooms", SIGNER.sign(ann.copy().put("channels", new JsonArray().add("news"))))
        .encode();
  }
}
