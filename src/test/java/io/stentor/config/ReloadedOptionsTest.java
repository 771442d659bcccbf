package io.stentor.config;

import static io.stentor.config.OptionsProbe.ROOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.identity.ApiKeys;
import io.stentor.identity.Signer;
import io.stentor.support.NodeInProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every option that a running node takes over is changed there and back, and its effect is
 * observed: by requests, and on a socket that was open before. An option without a case fails.
 */
class ReloadedOptionsTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static final String OTHER = "another secret of over thirty-two bytes";
  private static final String KEY = ApiKeys.generate();
  private static final Signer RSA = Signer.publicKey("RS256");
  private static final String FOREIGN = "Origin: https://evil.example";
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
          Map.entry("roomDefaults.history.durability", "config.LiveOptionsTest"),
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
      Function<OptionsProbe, String> seen,
      String first,
      String then) {
    @Override
    public String toString() {
      return option;
    }
  }

  private static final String DEFLATE =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

  /** How many options are tried at the same time, because most of a case is waiting. */
  private static final int NODES = 6;

  private static final BlockingQueue<NodeInProcess> FREE = new LinkedBlockingQueue<>();

  @TempDir static Path directory;

  @BeforeAll
  static void start() throws IOException {
    for (int i = 0; i < NODES; i++) {
      FREE.add(NodeInProcess.start(new JsonObject()));
    }
    Files.writeString(directory.resolve("first"), SECRET);
    Files.writeString(directory.resolve("second"), OTHER);
    Files.writeString(directory.resolve("first.pem"), RSA.pem());
    Files.writeString(directory.resolve("second.pem"), Signer.publicKey("RS256").pem());
  }

  @AfterAll
  static void stop() {
    FREE.forEach(NodeInProcess::close);
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
  @Execution(ExecutionMode.CONCURRENT)
  void a_reload_takes_effect_in_both_directions(Case one) throws Exception {
    NodeInProcess node = FREE.take();
    try {
      reload(node, one.before);
      try (OptionsProbe open = awaitFirst(node, one)) {
        reload(node, one.after);
        await(one + " changed").atMost(SOON).until(() -> one.seen.apply(open), one.then::equals);
      }
      reload(node, one.before);
      awaitFirst(node, one).close();
    } finally {
      FREE.add(node);
    }
  }

  private static void reload(NodeInProcess node, String options) throws IOException {
    node.change(json(options));
    node.reload();
  }

  /** The first probe that sees the configuration before the change; the caller closes it. */
  private static OptionsProbe awaitFirst(NodeInProcess node, Case one) {
    AtomicReference<OptionsProbe> first = new AtomicReference<>();
    await(one + " before the change")
        .atMost(SOON)
        .until(
            () -> {
              OptionsProbe probe = new OptionsProbe(node.port());
              boolean seen = one.seen.apply(probe).equals(one.first);
              if (seen) {
                first.set(probe);
              } else {
                probe.close();
              }
              return seen;
            });
    return first.get();
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
            probe -> probe.get(ROOM + "/messages", FOREIGN) + " " + probe.upgrade(ROOM, FOREIGN),
            "200 101",
            "403 403"),
        new Case(
            "webSocket.pingIntervalSeconds",
            "{}",
            "{'webSocket':{'pingIntervalSeconds':7}}",
            probe -> probe.connected().replaceAll(".*\"ping\":(\\d+).*", "$1"),
            "25",
            "7"),
        new Case(
            "webSocket.closeTimeoutSeconds",
            "{'webSocket':{'closeTimeoutSeconds':60},'roomDefaults':{'publish':'server'}}",
            "{'webSocket':{'closeTimeoutSeconds':1},'roomDefaults':{'publish':'server'}}",
            probe -> probe.isCutSoon() ? "soon" : "late",
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
            probe -> probe.doors("X-API-Key: " + KEY),
            "401 401 401 401 401",
            "101 200 200 201 200"),
        new Case(
            "identity.anonymous",
            "{}",
            "{'identity':{'anonymous':false}}",
            probe -> probe.doors() + " " + probe.isConnected() + " " + probe.end(),
            "101 200 200 201 200 true open",
            "401 401 401 401 401 false closed 3507"),
        new Case(
            "identity.anonymous",
            "{'identity':{'anonymous':false}}",
            "{}",
            probe -> probe.doors() + " " + probe.isConnected(),
            "401 401 401 401 401 false",
            "101 200 200 201 200 true"),
        new Case(
            "identity.insecure",
            "{'identity':{'insecure':true,'anonymous':false}," + closed + "}",
            "{'identity':{'insecure':false,'anonymous':false}," + closed + "}",
            probe -> probe.doors() + " " + probe.isConnected() + " " + probe.echo("x"),
            "101 200 200 201 200 true x",
            "401 401 401 401 401 false closed 3507"),
        new Case(
            "identity.demoLogin",
            "{'identity':{'tokens':{'hmacSecret':'" + SECRET + "'}}}",
            "{'identity':{'demoLogin':true,'tokens':{'hmacSecret':'" + SECRET + "'}}}",
            probe -> probe.body("/demo/login"),
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
            probe -> probe.get(ROOM + "/messages", "Authorization: Bearer " + signed(secret, -20)),
            "401",
            "200"));
  }

  private static Case token(
      String option, String before, String after, Signer signer, String first, String then) {
    return new Case(
        "identity.tokens." + option,
        "{'identity':{'tokens':{" + before + "}}}",
        "{'identity':{'tokens':{" + after + "}}}",
        probe -> probe.get(ROOM + "/messages", "Authorization: Bearer " + signed(signer, 60)),
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
            OptionsProbe::secondOfTwo,
            "200",
            "429"),
        new Case(
            "limits.clientAddressHeader",
            "{'limits':{" + onePerAddress + "}}",
            "{'limits':{" + onePerAddress + ",'clientAddressHeader':'Forwarded'}}",
            OptionsProbe::secondOfTwo,
            "429",
            "200"),
        new Case(
            "limits.rooms",
            "{}",
            "{'limits':{'rooms':1}}",
            // Another room each time: one that was used in the last seconds counts, and may be
            // joined.
            probe -> probe.echo("x") + " " + probe.get("/rooms/" + UUID.randomUUID() + "/events"),
            "x 200",
            "x 503"),
        new Case(
            "limits.roomsPerConnection",
            "{}",
            "{'limits':{'roomsPerConnection':1}}",
            probe -> probe.subscribesTwice() ? "both" : "one",
            "both",
            "one"),
        new Case(
            "limits.filtersPerRoom",
            "{}",
            "{'limits':{'filtersPerRoom':1}}",
            probe -> probe.takesTwoFilters() ? "both" : "one",
            "both",
            "one"),
        new Case(
            "limits.handshakeSeconds",
            "{}",
            "{'limits':{'handshakeSeconds':1}}",
            probe -> probe.ends("GET / HTTP/1.1\r\n") ? "cut" : "open",
            "open",
            "cut"),
        new Case(
            "limits.bodySeconds",
            "{}",
            "{'limits':{'bodySeconds':1}}",
            probe -> probe.ends(HALF_A_POST) ? "cut" : "open",
            "open",
            "cut"),
        new Case(
            "limits.idleSeconds",
            "{}",
            "{'limits':{'idleSeconds':1}}",
            probe ->
                probe.ends("GET /demo/login HTTP/1.1\r\nHost: localhost\r\n\r\n") ? "cut" : "open",
            "open",
            "cut"));
  }

  private static List<Case> rooms() {
    return List.of(
        room(
            "history.ageSeconds",
            "300",
            "1",
            probe -> probe.isKept() ? "kept" : "gone",
            "kept",
            "gone"),
        room(
            "history.onJoin",
            "'none'",
            "'latest'",
            OptionsProbe::firstOfTwo,
            "the next one",
            "the newest"),
        room("transform", "'none'", "'shout'", probe -> probe.echo("x"), "x", "X!!!"),
        room("coalesceMillis", "0", "1000", probe -> probe.pace(1), "soon", "late"),
        room("maxMessageBytes", "65536", "100", OptionsProbe::longEcho, "echo", "closed 1009"),
        room("allowBinary", "false", "true", OptionsProbe::binary, "415", "201"),
        room("compression", "false", "true", OptionsProbe::extension, "", DEFLATE),
        room("allowDelta", "false", "true", OptionsProbe::deltas, "none", "deltas"),
        room("ratePerSecond", "0", "1", probe -> probe.pace(5), "soon", "late"),
        room("publish", "'anyone'", "'server'", probe -> probe.echo("x"), "x", "closed 3507"),
        room("subscribe", "'anyone'", "'server'", OptionsProbe::end, "open", "closed 3507"),
        room(
            "readHistory",
            "'anyone'",
            "'server'",
            probe -> probe.get(ROOM + "/messages"),
            "200",
            "401"),
        room(
            "readPresence",
            "'anyone'",
            "'server'",
            probe -> probe.get(ROOM + "/members"),
            "200",
            "401"),
        room("pushJoinLeave", "false", "true", OptionsProbe::toldOfOthers, "untold", "told"));
  }

  private static Case room(
      String option,
      String before,
      String after,
      Function<OptionsProbe, String> seen,
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
}
