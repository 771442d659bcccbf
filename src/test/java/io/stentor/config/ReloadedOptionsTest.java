package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.identity.ApiKeys;
import io.stentor.identity.Signer;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.stentor.support.RawWebSocket.Frame;
import io.vertx.core.json.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every option that a running node takes over is changed there and back, and its effect is
 * observed: by requests, and on a socket that was open before. An option without a case fails.
 */
class ReloadedOptionsTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration MOMENT = Duration.ofMillis(1500);
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static final String OTHER = "another secret of over thirty-two bytes";
  private static final String KEY = ApiKeys.generate();
  private static final Signer RSA = Signer.publicKey("RS256");
  private static final String ROOM = "/rooms/tea";
  private static final String FOREIGN = "Origin: https://evil.example";
  private static final String FOR_A_CLIENT = "X-Forwarded-For: 203.0.113.1";
  private static final String HALF_A_POST =
      "POST /rooms/tea/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
          + "Content-Length: 9\r\n\r\nhalf";

  /**
   * Options that are taken over in no case by themselves; ConfigChangesTest has what is refused.
   */
  private static final Set<String> BY_RESTART = Set.of("roomDefaults.presence");

  /** Options whose effect another test observes on a running node. */
  private static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry("http.tls.certificateFile", "tls.TlsReloadTest"),
          Map.entry("http.tls.keyFile", "tls.TlsReloadTest"),
          Map.entry("webSocket.pongTimeoutSeconds", "connection.HeartbeatTest"),
          Map.entry("logging.level", "lifecycle.ReloadTest"),
          Map.entry("logging.format", "lifecycle.ReloadIT"),
          Map.entry("drain.balancerSeconds", "lifecycle.ReloadIT"),
          Map.entry("limits.dryRun", "config.LiveOptionsTest"),
          Map.entry("limits.trustedProxies", "config.LiveOptionsTest"),
          Map.entry("limits.connections", "config.LiveOptionsTest"),
          Map.entry("limits.connectionsPerSecond", "admission.LimitsTest"),
          Map.entry("limits.connectionsPerSecondPerAddress", "admission.LimitsTest"),
          Map.entry("limits.messagesPerSecondPerConnection", "admission.LimitsTest"),
          Map.entry("limits.messagesPerSecondPerAddress", "config.LiveOptionsTest"),
          Map.entry("roomDefaults.history.messages", "lifecycle.ReloadTest"),
          Map.entry("roomDefaults.history.bytes", "lifecycle.ReloadTest"),
          Map.entry("rooms", "lifecycle.ReloadTest"));

  /** Options whose only reader is given them in one record with the other option. */
  private static final Map<String, String> IN_ONE_RECORD_WITH =
      Map.of(
          "drain.leaveSeconds", "drain.balancerSeconds",
          "drain.timeoutSeconds", "drain.balancerSeconds",
          "identity.tokens.jwksRefreshSeconds", "identity.tokens.jwksUrl",
          "roomDefaults.slowConsumer", "roomDefaults.coalesceMillis",
          "roomDefaults.tailBytes", "roomDefaults.coalesceMillis",
          "roomDefaults.appendQueueBytes", "roomDefaults.transform");

  /**
   * An option in two configurations, and what is seen of it.
   *
   * @param seen what is seen by requests, or on the client's socket
   */
  private record Case(
      String option,
      String before,
      String after,
      Function<Probe, String> seen,
      String first,
      String then) {
    @Override
    public String toString() {
      return option;
    }
  }

  /** A client that has a socket, opened when it is first needed, and sends requests. */
  private static final class Probe implements AutoCloseable {
    private RawWebSocket socket;
    private String ended;

    /** What comes back of a text that is sent on the socket; how the socket has ended otherwise. */
    String echo(String text) {
      try {
        connect();
        if (ended == null) {
          socket.sendText(text);
          Frame frame = socket.nextFrame();
          ended = frame.opcode() == RawWebSocket.CLOSE ? "closed " + frame.closeCode() : null;
          return ended == null ? frame.text() : ended;
        }
      } catch (UncheckedIOException gone) {
        ended = ended == null ? "gone" : ended;
      }
      return ended;
    }

    /** How the socket ends by itself; "open" where it does not. */
    String end() {
      connect();
      if (ended == null) {
        try {
          Frame frame = socket.nextFrame();
          ended = frame.opcode() == RawWebSocket.CLOSE ? "closed " + frame.closeCode() : null;
        } catch (UncheckedIOException nothing) {
          return "open";
        }
      }
      return ended == null ? "open" : ended;
    }

    private void connect() {
      if (socket == null && ended == null) {
        int status = upgrade(ROOM);
        if (status == 101) {
          socket = RawWebSocket.connect(node.port(), ROOM);
          socket.patience(MOMENT);
        } else {
          ended = "refused " + status;
        }
      }
    }

    @Override
    public void close() {
      if (socket != null) {
        socket.close();
      }
    }
  }

  @TempDir static Path directory;
  private static NodeInProcess node;

  @BeforeAll
  static void start() throws IOException {
    node = NodeInProcess.start(new JsonObject());
    Files.writeString(directory.resolve("first"), SECRET);
    Files.writeString(directory.resolve("second"), OTHER);
    Files.writeString(directory.resolve("first.pem"), RSA.pem());
    Files.writeString(directory.resolve("second.pem"), Signer.publicKey("RS256").pem());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void every_option_that_can_be_reloaded_is_observed_by_one_test() throws IOException {
    List<String> reloadable = new ArrayList<>();
    leaves("", new JsonObject(Files.readString(Path.of("conf/stentor.json"))), reloadable);
    reloadable.removeIf(option -> !ConfigChanges.isReloadable(option));
    List<String> observed = new ArrayList<>(cases().map(Case::option).distinct().toList());
    observed.addAll(ELSEWHERE.keySet());
    observed.addAll(IN_ONE_RECORD_WITH.keySet());
    observed.addAll(BY_RESTART);
    assertThat(observed).containsExactlyInAnyOrderElementsOf(reloadable);
    assertThat(new HashSet<>(observed)).containsAll(IN_ONE_RECORD_WITH.values());
    assertThat(ELSEWHERE.values())
        .allSatisfy(
            test ->
                assertThat(Class.forName("io.stentor." + test).getDeclaredMethods()).isNotEmpty());
  }

  private static void leaves(String prefix, JsonObject json, List<String> found) {
    for (String name : json.fieldNames()) {
      if (json.getValue(name) instanceof JsonObject inner) {
        leaves(prefix + name + ".", inner, found);
      } else if (!name.startsWith("$")) {
        found.add(prefix + name);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void a_reload_takes_effect_in_both_directions(Case one) throws IOException {
    reload(one.before);
    AtomicReference<Probe> early = new AtomicReference<>();
    await(one + " at first").atMost(SOON).until(() -> isSeenAfresh(one, one.first, early));
    try (Probe open = early.get()) {
      reload(one.after);
      await(one + " changed").atMost(SOON).until(() -> one.seen.apply(open), one.then::equals);
    }
    reload(one.before);
    await(one + " changed back").atMost(SOON).until(() -> isSeenAfresh(one, one.first, early));
    early.get().close();
  }

  private static boolean isSeenAfresh(Case one, String expected, AtomicReference<Probe> kept) {
    Probe probe = new Probe();
    String seen = one.seen.apply(probe);
    if (seen.equals(expected)) {
      kept.set(probe);
      return true;
    }
    probe.close();
    return false;
  }

  private static void reload(String options) throws IOException {
    node.change(json(options));
    node.reload();
  }

  private static JsonObject json(String text) {
    return new JsonObject(text.replace('\'', '"'));
  }

  private static Stream<Case> cases() {
    return Stream.of(http(), identity(), tokens(), limits(), rooms()).flatMap(List::stream);
  }

  private static List<Case> http() {
    return List.of(
        new Case(
            "http.allowedOrigins",
            "{}",
            "{'http':{'allowedOrigins':['https://a.example']}}",
            probe -> get(ROOM + "/messages", FOREIGN) + " " + upgrade(ROOM, FOREIGN),
            "200 101",
            "403 403"),
        new Case(
            "webSocket.pingIntervalSeconds",
            "{}",
            "{'webSocket':{'pingIntervalSeconds':7}}",
            probe -> connected().replaceAll(".*\"ping\":(\\d+).*", "$1"),
            "25",
            "7"),
        new Case(
            "webSocket.closeTimeoutSeconds",
            "{'webSocket':{'closeTimeoutSeconds':60},'roomDefaults':{'publish':'server'}}",
            "{'webSocket':{'closeTimeoutSeconds':1},'roomDefaults':{'publish':'server'}}",
            probe -> isCutSoon() ? "soon" : "late",
            "late",
            "soon"));
  }

  private static List<Case> identity() {
    String closed = "'roomDefaults':{'subscribe':'server','publish':'server'}";
    return List.of(
        new Case(
            "identity.apiKeys",
            "{'identity':{'anonymous':false}}",
            "{'identity':{'anonymous':false,'apiKeys':[{'name':'shop','sha256':'"
                + ApiKeys.hash(KEY)
                + "'}]}}",
            probe -> doors("X-API-Key: " + KEY),
            "401 401 401 401 401",
            "101 200 200 201 200"),
        new Case(
            "identity.anonymous",
            "{}",
            "{'identity':{'anonymous':false}}",
            probe -> doors() + " " + isConnected() + " " + probe.end(),
            "101 200 200 201 200 true open",
            "401 401 401 401 401 false closed 3507"),
        new Case(
            "identity.anonymous",
            "{'identity':{'anonymous':false}}",
            "{}",
            probe -> doors() + " " + isConnected(),
            "401 401 401 401 401 false",
            "101 200 200 201 200 true"),
        new Case(
            "identity.insecure",
            "{'identity':{'insecure':true,'anonymous':false}," + closed + "}",
            "{'identity':{'insecure':false,'anonymous':false}," + closed + "}",
            probe -> doors() + " " + isConnected() + " " + probe.echo("x"),
            "101 200 200 201 200 true x",
            "401 401 401 401 401 false closed 3507"),
        new Case(
            "identity.demoLogin",
            "{'identity':{'tokens':{'hmacSecret':'" + SECRET + "'}}}",
            "{'identity':{'demoLogin':true,'tokens':{'hmacSecret':'" + SECRET + "'}}}",
            probe -> RawHttp.get(node.port(), "/demo/login").body(),
            "{\"offered\":false}",
            "{\"offered\":true}"));
  }

  private static List<Case> tokens() {
    Signer secret = Signer.secret("HS256", SECRET);
    String ours = "'hmacSecret':'" + SECRET + "'";
    return List.of(
        token("hmacSecret", ours, "'hmacSecret':'" + OTHER + "'", secret, "200", "401"),
        token("hmacSecretFile", file("first"), file("second"), secret, "200", "401"),
        token("publicKeyFiles", pem("first"), pem("second"), RSA, "200", "401"),
        token("jwksUrl", "'jwksUrl':''", "'jwksUrl':'http://127.0.0.1:1/'", RSA, "401", "503"),
        token("audience", ours, ours + ",'audience':'chat'", secret, "200", "401"),
        token("issuer", ours, ours + ",'issuer':'shop'", secret, "200", "401"),
        new Case(
            "identity.tokens.leewaySeconds",
            "{'identity':{'tokens':{" + ours + ",'leewaySeconds':0}}}",
            "{'identity':{'tokens':{" + ours + ",'leewaySeconds':60}}}",
            probe -> get(ROOM + "/messages", "Authorization: Bearer " + signed(secret, -20)),
            "401",
            "200"));
  }

  private static Case token(
      String option, String before, String after, Signer signer, String first, String then) {
    return new Case(
        "identity.tokens." + option,
        "{'identity':{'tokens':{" + before + "}}}",
        "{'identity':{'tokens':{" + after + "}}}",
        probe -> get(ROOM + "/messages", "Authorization: Bearer " + signed(signer, 60)),
        first,
        then);
  }

  private static String signed(Signer signer, int seconds) {
    long exp = System.currentTimeMillis() / 1000 + seconds;
    return signer.sign(new JsonObject().put("sub", "ann").put("exp", exp));
  }

  private static String file(String name) {
    return "'hmacSecretFile':'" + directory.resolve(name) + "'";
  }

  private static String pem(String name) {
    return "'publicKeyFiles':['" + directory.resolve(name + ".pem") + "']";
  }

  private static List<Case> limits() {
    String onePerAddress = "'connectionsPerAddress':1";
    return List.of(
        new Case(
            "limits.connectionsPerAddress",
            "{}",
            "{'limits':{" + onePerAddress + "}}",
            probe -> secondOfTwo(),
            "200",
            "429"),
        new Case(
            "limits.clientAddressHeader",
            "{'limits':{" + onePerAddress + "}}",
            "{'limits':{" + onePerAddress + ",'clientAddressHeader':'Forwarded'}}",
            probe -> secondOfTwo(),
            "429",
            "200"),
        new Case(
            "limits.rooms",
            "{}",
            "{'limits':{'rooms':1}}",
            probe -> probe.echo("x") + " " + head("/rooms/another-one/events"),
            "x 200",
            "x 503"),
        new Case(
            "limits.roomsPerConnection",
            "{}",
            "{'limits':{'roomsPerConnection':1}}",
            probe -> subscribesTwice() ? "both" : "one",
            "both",
            "one"),
        new Case(
            "limits.handshakeSeconds",
            "{}",
            "{'limits':{'handshakeSeconds':1}}",
            probe -> ends("GET / HTTP/1.1\r\n") ? "cut" : "open",
            "open",
            "cut"),
        new Case(
            "limits.bodySeconds",
            "{}",
            "{'limits':{'bodySeconds':1}}",
            probe -> ends(HALF_A_POST) ? "cut" : "open",
            "open",
            "cut"),
        new Case(
            "limits.idleSeconds",
            "{}",
            "{'limits':{'idleSeconds':1}}",
            probe -> ends("GET /demo/login HTTP/1.1\r\nHost: localhost\r\n\r\n") ? "cut" : "open",
            "open",
            "cut"));
  }

  private static List<Case> rooms() {
    return List.of(
        room("history.ageSeconds", "300", "1", probe -> isKept() ? "kept" : "gone", "kept", "gone"),
        room("transform", "'none'", "'shout'", probe -> probe.echo("x"), "x", "X!!!"),
        room("coalesceMillis", "0", "1000", probe -> pace(probe, 1), "soon", "late"),
        room("maxMessageBytes", "65536", "100", probe -> longEcho(probe), "echo", "closed 1009"),
        room("ratePerSecond", "0", "1", probe -> pace(probe, 5), "soon", "late"),
        room("publish", "'anyone'", "'server'", probe -> probe.echo("x"), "x", "closed 3507"),
        room("subscribe", "'anyone'", "'server'", Probe::end, "open", "closed 3507"),
        room("readHistory", "'anyone'", "'server'", probe -> get(ROOM + "/messages"), "200", "401"),
        room("readPresence", "'anyone'", "'server'", probe -> get(ROOM + "/members"), "200", "401"),
        room("pushJoinLeave", "false", "true", probe -> toldOfOthers(), "untold", "told"));
  }

  private static Case room(
      String option,
      String before,
      String after,
      Function<Probe, String> seen,
      String first,
      String then) {
    return new Case(
        "roomDefaults." + option, rule(option, before), rule(option, after), seen, first, then);
  }

  private static String rule(String option, String value) {
    String[] names = option.split("\\.");
    String inner = "'" + names[names.length - 1] + "':" + value;
    return "{'roomDefaults':{" + (names.length > 1 ? "'history':{" + inner + "}" : inner) + "}}";
  }

  private static String longEcho(Probe probe) {
    String seen = probe.echo("x".repeat(200));
    return seen.startsWith("closed") ? seen : "echo";
  }

  /** How long some texts take that are sent at once. */
  private static String pace(Probe probe, int texts) {
    probe.connect();
    if (probe.socket == null) {
      return probe.ended;
    }
    probe.socket.patience(SOON);
    long begin = System.nanoTime();
    for (int i = 0; i < texts; i++) {
      probe.socket.sendText("x");
    }
    for (int i = 0; i < texts; i++) {
      probe.socket.nextFrame();
    }
    return System.nanoTime() - begin > TimeUnit.MILLISECONDS.toNanos(700) ? "late" : "soon";
  }

  /** Whether a message is in the log for longer than a moment. */
  private static boolean isKept() {
    String room = "/rooms/kept-" + System.nanoTime() + "/messages";
    post(room);
    try {
      await().atMost(MOMENT.multipliedBy(2)).until(() -> messages(room), String::isEmpty);
      return false;
    } catch (ConditionTimeoutException kept) {
      return true;
    }
  }

  private static String messages(String path) {
    JsonObject body = new JsonObject(RawHttp.get(node.port(), path).body());
    return String.join(",", body.getJsonArray("messages").stream().map(Object::toString).toList());
  }

  /** How a socket that was told to go is treated that does not answer. */
  private static boolean isCutSoon() {
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), ROOM)) {
      socket.sendText("x");
      socket.expectClosed(3507);
      return socket.patience(MOMENT.multipliedBy(2)).isEnded();
    } catch (UncheckedIOException open) {
      return false;
    }
  }

  private static boolean ends(String request) {
    try (RawHttp http = new RawHttp(node.port())) {
      http.send(request).patience(MOMENT.multipliedBy(2));
      while (!http.line().isEmpty()) {
        // The head of an answer.
      }
      http.isEnded();
      return true;
    } catch (UncheckedIOException e) {
      return e.getCause() instanceof EOFException;
    }
  }

  private static boolean subscribesTwice() {
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), "/connection/websocket")) {
      socket.sendText("{\"id\":1,\"connect\":{}}").nextFrame();
      socket.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"a\"}}").nextFrame();
      socket.sendText("{\"id\":3,\"subscribe\":{\"channel\":\"b\"}}");
      return !socket.nextFrame().text().contains("error");
    }
  }

  /** Whether a client that did not ask for it is told that another one has come. */
  private static String toldOfOthers() {
    try (RawWebSocket first = subscribed();
        RawWebSocket second = subscribed()) {
      first.patience(MOMENT);
      second.sendText("{\"id\":3,\"publish\":{\"channel\":\"tea\",\"data\":1}}");
      for (int frames = 0; frames < 5; frames++) {
        if (first.nextFrame().text().contains("\"join\"")) {
          return "told";
        }
      }
      return "untold";
    } catch (UncheckedIOException nothing) {
      return "untold";
    }
  }

  private static RawWebSocket subscribed() {
    RawWebSocket client = RawWebSocket.connect(node.port(), "/connection/websocket");
    client.sendText("{\"id\":1,\"connect\":{}}").nextFrame();
    client.sendText("{\"id\":2,\"subscribe\":{\"channel\":\"tea\"}}");
    while (!client.nextFrame().text().contains("\"id\":2")) {
      // A ping.
    }
    return client;
  }

  /** What the second of two requests is answered that a proxy sends for one address. */
  private static String secondOfTwo() {
    String waits = "GET " + ROOM + "/messages?wait=5&since=0.0:0 HTTP/1.1\r\nHost: localhost\r\n";
    try (RawHttp first = new RawHttp(node.port())) {
      first.send(waits + FOR_A_CLIENT + "\r\n\r\n");
      return get("/rooms", FOR_A_CLIENT);
    }
  }

  /** How each way in answers: upgrade, event stream, reading, publishing, list of rooms. */
  private static String doors(String... headers) {
    return String.join(
        " ",
        String.valueOf(upgrade(ROOM, headers)),
        head(ROOM + "/events", headers),
        get(ROOM + "/messages", headers),
        post(ROOM + "/messages", headers),
        get("/rooms", headers));
  }

  private static boolean isConnected() {
    return connected().contains("\"client\"");
  }

  private static String connected() {
    try (RawWebSocket client = RawWebSocket.connect(node.port(), "/connection/websocket")) {
      return client.sendText("{\"id\":1,\"connect\":{}}").nextFrame().text();
    }
  }

  private static int upgrade(String path, String... headers) {
    try (RawHttp http = new RawHttp(node.port())) {
      String lines = String.join("\r\n", RawWebSocket.upgrade(path, headers));
      return http.send(lines + "\r\n\r\n").headOnly().status();
    }
  }

  private static String get(String path, String... headers) {
    return head(path, headers);
  }

  private static String head(String path, String... headers) {
    try (RawHttp http = new RawHttp(node.port())) {
      String lines = String.join("\r\n", headers);
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
      http.send(request + lines + (lines.isEmpty() ? "\r\n" : "\r\n\r\n"));
      return String.valueOf(http.headOnly().status());
    }
  }

  private static String post(String path, String... headers) {
    try (RawHttp http = new RawHttp(node.port())) {
      String lines = String.join("\r\n", headers);
      String request = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
      http.send(request + "Content-Type: text/plain\r\nContent-Length: 1\r\n");
      http.send(lines + (lines.isEmpty() ? "\r\n" : "\r\n\r\n") + "x");
      return String.valueOf(http.headOnly().status());
    }
  }
}
