package io.stentor.centrifuge;

import io.stentor.identity.Signer;
import io.stentor.support.NodeInProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The written conversations of {@code src/test/resources/centrifuge}, see {@link Transcript}. */
class TranscriptsTest {
  private static final Path DIRECTORY = Path.of("src/test/resources/centrifuge");

  /** About JSON itself, or about members that Protobuf does not have. */
  private static final Set<String> OF_JSON =
      Set.of(
          "deltas.txt",
          "lenient-framing.txt",
          "names-times-and-keys.txt",
          "what-is-no-command.txt");

  private static final Signer SIGNER = Signer.secret("HS256", "secret");
  private static NodeInProcess node;
  private static NodeInProcess nodeForProtobuf;

  @BeforeAll
  static void start() throws IOException {
    JsonObject options =
        new JsonObject()
            .put("webSocket", new JsonObject().put("pingIntervalSeconds", 0))
            .put(
                "identity",
                new JsonObject().put("tokens", new JsonObject().put("hmacSecret", "secret")))
            .put(
                "rooms",
                new JsonArray()
                    .add(room("lobby", new JsonObject().put("transform", "shout")))
                    .add(room("unlogged:told*", history(0).put("pushJoinLeave", true)))
                    .add(room("unlogged*", history(0)))
                    .add(room("small*", history(2)))
                    .add(room("latest:private", latest().put("readHistory", "server")))
                    .add(room("latest:delta*", latest().put("allowDelta", true)))
                    .add(room("latest*", latest()))
                    .add(room("delta:private", delta().put("readHistory", "server")))
                    .add(room("delta:unlogged", history(0).put("allowDelta", true)))
                    .add(room("delta*", delta()))
                    .add(room("unseen*", new JsonObject().put("presence", false)))
                    .add(room("tokens*", new JsonObject().put("subscribe", "token")))
                    .add(room("servers*", new JsonObject().put("publish", "server"))));
    node = NodeInProcess.start(options);
    nodeForProtobuf = NodeInProcess.start(options);
  }

  private static JsonObject room(String match, JsonObject options) {
    return new JsonObject().put("match", match).mergeIn(options);
  }

  private static JsonObject history(int messages) {
    return new JsonObject().put("history", new JsonObject().put("messages", messages));
  }

  private static JsonObject delta() {
    return new JsonObject().put("allowDelta", true);
  }

  private static JsonObject latest() {
    return new JsonObject().put("history", new JsonObject().put("onJoin", "latest"));
  }

  @AfterAll
  static void stop() {
    node.close();
    nodeForProtobuf.close();
  }

  static Stream<String> names() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
      return names.stream();
    }
  }

  static Stream<String> namesForProtobuf() throws IOException {
    return names().filter(name -> !OF_JSON.contains(name));
  }

  @ParameterizedTest
  @MethodSource("names")
  void the_conversation_goes_as_it_is_written(String name) throws IOException {
    play(name, false);
  }

  @ParameterizedTest
  @MethodSource("namesForProtobuf")
  void the_conversation_goes_the_same_way_in_protobuf(String name) throws IOException {
    play(name, true);
  }

  private static void play(String name, boolean protobuf) throws IOException {
    int port = (protobuf ? nodeForProtobuf : node).port();
    try (Transcript transcript = new Transcript(port, protobuf, tokens())) {
      transcript.play(Files.readAllLines(DIRECTORY.resolve(name)));
      transcript.seeThatNothingElseCame();
    }
  }

  private static Map<String, String> tokens() {
    long now = System.currentTimeMillis() / 1000;
    JsonObject ann = new JsonObject().put("sub", "ann").put("info", new JsonObject().put("n", 1));
    JsonObject room = new JsonObject().put("sub", "ann").put("channel", "tokens:a");
    return Map.ofEntries(
        Map.entry("ann", SIGNER.sign(ann)),
        Map.entry(
            "anns_rooms",
            SIGNER.sign(ann.copy().put("channels", new JsonArray().add("news").add("small:c")))),
        Map.entry(
            "anns_latest",
            SIGNER.sign(ann.copy().put("channels", new JsonArray().add("latest:r")))),
        Map.entry("expired", SIGNER.sign(ann.copy().put("exp", now - 60))),
        Map.entry("expiring", SIGNER.sign(ann.copy().put("exp", now + 3600))),
        Map.entry("bobs", SIGNER.sign(new JsonObject().put("sub", "bob"))),
        Map.entry("forged", Signer.secret("HS256", "another").sign(ann)),
        Map.entry("room", SIGNER.sign(room.copy().put("info", new JsonObject().put("r", 2)))),
        Map.entry("room_expired", SIGNER.sign(room.copy().put("exp", now - 60))),
        Map.entry("room_of_bob", SIGNER.sign(room.copy().put("sub", "bob"))),
        Map.entry("room_forged", Signer.secret("HS256", "another").sign(room)));
  }
}
