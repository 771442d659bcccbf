package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.http.Contract.Operation;
import io.stentor.identity.ApiKeys;
import io.stentor.identity.Signer;
import io.stentor.support.LineStream;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.RawWebSocket;
import io.stentor.websocket.WebSocketEndpoint;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/**
 * Every way into a node against everything that has to be checked there. The doors are read from
 * the code: the operations of the contract, the paths of WebSockets, the commands of the Centrifuge
 * protocol, health and metrics. A door or a cell that is missing here is a failure; a cell is a
 * test on a real socket, or says why there is nothing to check or which test does.
 */
class DoorsTest {
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static final String KEY = ApiKeys.generate();
  private static final String WITH_KEY = "X-API-Key: " + KEY;
  private static final byte[] ILL_FORMED = {
    '{', '"', 'a', '"', ':', '"', (byte) 0xc0, (byte) 0x80, '"', '}'
  };
  private static final byte[] NO_JSON = {'{'};

  /** What each door checks. */
  enum Check {
    UTF8,
    JSON,
    SIZE,
    ROOM_LIMIT,
    PERMISSION,
    RATE,
    RELOAD
  }

  /** One door, with a test or a reason for each check. */
  private static final class Door {
    final Map<Check, Executable> tests = new EnumMap<>(Check.class);
    final Map<Check, String> reasons = new EnumMap<>(Check.class);

    Door test(Check check, Executable test) {
      assertThat(reasons.containsKey(check) || tests.put(check, test) != null)
          .as("%s is there once", check)
          .isFalse();
      return this;
    }

    /** Nothing to check, or checked elsewhere: {@code Class#method} in the reason has to exist. */
    Door none(String reason, Check... checks) {
      for (Check check : checks) {
        assertThat(tests.containsKey(check) || reasons.put(check, reason) != null)
            .as("%s is there once", check)
            .isFalse();
      }
      return this;
    }
  }

  private static NodeInProcess open;
  private static NodeInProcess full;
  private static NodeInProcess slow;
  private static NodeInProcess reloaded;
  private static RawWebSocket held;

  private final Map<String, Door> doors = new TreeMap<>();
  private int clients;

  @BeforeAll
  static void start() throws IOException {
    open = NodeInProcess.start(options(new JsonObject()));
    full = NodeInProcess.start(options(new JsonObject().put("rooms", 1)));
    held = RawWebSocket.connect(full.port(), "/rooms/held");
    slow = NodeInProcess.start(options(new JsonObject().put("messagesPerSecondPerAddress", 1)));
    reloaded = NodeInProcess.start(options(new JsonObject()));
    JsonObject closed = options(new JsonObject());
    closed
        .getJsonObject("identity")
        .put("anonymous", false)
        .put("demoLogin", false)
        .put("apiKeys", new JsonArray());
    reloaded.change(closed);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> RawHttp.get(reloaded.port(), "/rooms/a/messages").status() == 401);
  }

  private static JsonObject options(JsonObject limits) {
    JsonObject key = new JsonObject().put("name", "shop").put("sha256", ApiKeys.hash(KEY));
    JsonObject closed = new JsonObject().put("match", "closed*");
    for (String who : List.of("subscribe", "publish", "readHistory", "readPresence")) {
      closed.put(who, "server");
    }
    return new JsonObject()
        .put("limits", limits)
        .put(
            "rooms",
            new JsonArray()
                .add(closed)
                .add(new JsonObject().put("match", "tiny*").put("maxMessageBytes", 10)))
        .put(
            "identity",
            new JsonObject()
                .put("demoLogin", true)
                .put("tokens", new JsonObject().put("hmacSecret", SECRET))
                .put("apiKeys", new JsonArray().add(key)));
  }

  @AfterAll
  static void stop() {
    held.close();
    for (NodeInProcess node : List.of(open, full, slow, reloaded)) {
      node.close();
    }
  }

  /** More than any door takes, and nothing of it comes. */
  private static final String TOO_LONG = "Content-Length: 100000000";

  private static RawHttp send(
      RawHttp http, String method, String path, byte[] body, String... headers) {
    StringBuilder request =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    if (!method.equals("GET")) {
      request.append("Content-Type: application/json\r\n");
      if (!List.of(headers).contains(TOO_LONG)) {
        request.append("Content-Length: ").append(body.length).append("\r\n");
      }
    }
    return http.send(request + "\r\n").send(body);
  }

  private static int status(
      NodeInProcess node, String method, String path, byte[] body, String... headers) {
    try (RawHttp http = new RawHttp(node.port())) {
      return send(http, method, path, body, headers).headOnly().status();
    }
  }

  /** The body of an answer, to the end of the connection. */
  private static String rest(
      NodeInProcess node, String method, String path, byte[] body, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("Connection: close");
    try (RawHttp http = new RawHttp(node.port())) {
      send(http, method, path, body, all.toArray(String[]::new)).headOnly();
      return http.rest();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String connectQuery(String connect) {
    return "?cf_connect=" + URLEncoder.encode(connect, StandardCharsets.UTF_8);
  }

  private static void assertRefused(int status) {
    assertThat(status).isIn(401, 403);
  }

  private static String token(String room) {
    return Signer.secret("HS256", SECRET)
        .sign(
            new JsonObject()
                .put("sub", "ann")
                .put("exp", Instant.now().getEpochSecond() + 600)
                .put("subs", new JsonObject().put(room, new JsonObject())));
  }

  private static RawWebSocket session(NodeInProcess node) {
    RawWebSocket socket = RawWebSocket.connect(node.port(), "/connection/websocket");
    socket.sendText("{\"id\":1,\"connect\":{}}");
    assertThat(socket.nextFrame().text()).contains("\"connect\"");
    return socket;
  }

  private static String answer(NodeInProcess node, String command) {
    try (RawWebSocket socket = session(node)) {
      return socket.sendText(command).nextFrame().text();
    }
  }

  private static void assertCloses(
      NodeInProcess node, String path, int opcode, byte[] payload, int code) {
    try (RawWebSocket socket = RawWebSocket.connect(node.port(), path)) {
      socket.sendFrame(RawWebSocket.FIN | opcode, payload).expectClosed(code);
    }
  }

  // What there is.

  private static Set<String> discovered() throws ReflectiveOperationException {
    Set<String> names = new TreeSet<>();
    Contract.read().operations().forEach(operation -> names.add(operation.id()));
    names.add("websocket /");
    paths(WebSocketEndpoint.class).forEach(path -> names.add("websocket " + path));
    paths(Class.forName("io.stentor.centrifuge.transport.CentrifugeEndpoint"))
        .filter(path -> path.endsWith("websocket"))
        .forEach(path -> names.add("websocket " + path));
    paths(Class.forName("io.stentor.server.OperationsEndpoint")).forEach(names::add);
    Field readers = Class.forName("io.stentor.centrifuge.Commands").getDeclaredField("READERS");
    readers.setAccessible(true);
    ((Map<?, ?>) readers.get(null)).keySet().forEach(command -> names.add("command " + command));
    return names;
  }

  /** The constants of a class that are paths. */
  private static Stream<String> paths(Class<?> type) throws IllegalAccessException {
    List<String> found = new ArrayList<>();
    for (Field field : type.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == String.class) {
        field.setAccessible(true);
        String value = String.valueOf(field.get(null));
        if (value.startsWith("/")) {
          found.add(value);
        }
      }
    }
    return found.stream();
  }

  @Test
  void every_door_has_a_cell_for_every_check() throws ReflectiveOperationException {
    describe();
    assertThat(doors.keySet()).isEqualTo(discovered());
    doors.forEach(
        (name, door) -> {
          Set<Check> cells = new TreeSet<>(door.tests.keySet());
          cells.addAll(door.reasons.keySet());
          assertThat(cells).as(name).containsExactly(Check.values());
        });
  }

  @Test
  void every_test_that_a_cell_names_exists() {
    describe();
    doors.forEach((name, door) -> door.reasons.values().forEach(DoorsTest::requireTest));
  }

  private static void requireTest(String reason) {
    int hash = reason.indexOf('#');
    if (hash < 0) {
      return;
    }
    String[] words = reason.substring(reason.lastIndexOf(' ', hash) + 1).split("#", 2);
    try {
      assertThat(Class.forName(words[0]).getDeclaredMethods())
          .as(reason)
          .anySatisfy(method -> assertThat(method.getName()).isEqualTo(words[1]));
    } catch (ClassNotFoundException e) {
      throw new AssertionError(reason, e);
    }
  }

  @TestFactory
  Stream<DynamicTest> each_door_checks() {
    describe();
    return doors.entrySet().stream()
        .flatMap(
            door ->
                door.getValue().tests.entrySet().stream()
                    .map(
                        cell ->
                            DynamicTest.dynamicTest(
                                door.getKey() + ": " + cell.getKey(), cell.getValue())));
  }

  // The table.

  private Door door(String name) {
    Door door = new Door();
    assertThat(doors.put(name, door)).as(name).isNull();
    return door;
  }

  private void describe() {
    doors.clear();
    for (Operation operation : Contract.read().operations()) {
      operation(operation);
    }
    webSockets();
    commands();
    for (String path : List.of("/health/live", "/health/ready", "/metrics")) {
      door(path)
          .test(Check.RATE, () -> assertRated("GET", path))
          .none("takes no body and no parameter", Check.UTF8, Check.JSON)
          .test(
              Check.SIZE,
              () -> assertThat(status(open, "GET", longQuery(path), none())).isEqualTo(414))
          .none("enters no room", Check.ROOM_LIMIT)
          .none(
              "open to whoever reaches the port: docs/SECURITY.md", Check.PERMISSION, Check.RELOAD);
    }
  }

  private static byte[] none() {
    return new byte[0];
  }

  private static String longQuery(String path) {
    return path + "?x=" + "x".repeat(9000);
  }

  /** The address is another one for each door. */
  private void assertRated(String method, String path) {
    String address = "X-Forwarded-For: 203.0.113." + ++clients;
    int status = 0;
    for (int i = 0; i < 20 && status != 429; i++) {
      status = status(slow, method, path, none(), address, WITH_KEY);
    }
    assertThat(status).isEqualTo(429);
  }

  private static String path(Operation operation, String room) {
    return operation.path().replace("{room}", room);
  }

  /** What all operations have in common, and what is special about each. */
  private void operation(Operation operation) {
    String method = operation.method().name();
    Door door = door(operation.id());
    door.test(Check.RATE, () -> assertRated(method, path(operation, "a")));
    if (operation.id().startsWith("api")) {
      serverApi(operation, door);
    } else if (operation.path().startsWith("/connection/")) {
      stream(operation, door);
    } else if (operation.method().equals(HttpMethod.GET)) {
      read(operation, door);
    } else {
      write(operation, door);
    }
  }

  private void serverApi(Operation operation, Door door) {
    String path = operation.path();
    door.test(Check.UTF8, () -> assertBad(rest(open, "POST", path, ILL_FORMED, WITH_KEY)))
        .test(Check.JSON, () -> assertBad(rest(open, "POST", path, NO_JSON, WITH_KEY)))
        .test(
            Check.SIZE,
            () -> assertThat(status(open, "POST", path, none(), WITH_KEY, TOO_LONG)).isEqualTo(413))
        .test(
            Check.PERMISSION,
            () -> assertThat(status(open, "POST", path, bytes("{}"))).isEqualTo(401))
        .test(
            Check.RELOAD,
            () -> assertThat(status(reloaded, "POST", path, bytes("{}"), WITH_KEY)).isEqualTo(401));
    if (operation.id().equals("apiSubscribe")) {
      door.none(
          "io.stentor.admission.RoomLimitsTest#no_way_of_connecting_enters_more_rooms_than_the_node_may_have",
          Check.ROOM_LIMIT);
    } else {
      door.none("puts nobody into a room, or only by apiSubscribe's method", Check.ROOM_LIMIT);
    }
  }

  private static void assertBad(String body) {
    assertThat(body).containsAnyOf("\"status\":400", "\"code\":107");
  }

  private void stream(Operation operation, Door door) {
    boolean byBody = operation.method().equals(HttpMethod.POST);
    boolean listens = operation.id().startsWith("listen");
    String path = operation.path();
    String wanted =
        listens ? "{\"subs\":{\"other\":{}}}" : connect("{\"token\":\"" + token("other") + "\"}");
    String anonymous = listens ? "{}" : connect("{}");
    door.test(
            Check.UTF8,
            () ->
                assertEnds(
                    byBody
                        ? rest(open, "POST", path, ILL_FORMED)
                        : rest(
                            open, "GET", path + "?cf_connect=%7B%22a%22:%22%C0%80%22%7D", none())))
        .test(Check.JSON, () -> assertEnds(ask(open, byBody, path, "{")))
        .test(
            Check.SIZE,
            () ->
                assertThat(
                        byBody
                            ? status(open, "POST", path, none(), TOO_LONG)
                            : status(open, "GET", longQuery(path), none()))
                    .isIn(413, 414))
        .test(
            Check.ROOM_LIMIT,
            () -> assertThat(first(full, byBody, path, wanted)).containsAnyOf("106", "3013"))
        .test(Check.RELOAD, () -> assertEnds(ask(reloaded, byBody, path, anonymous)));
    if (listens) {
      door.test(
          Check.PERMISSION,
          () ->
              assertThat(first(open, byBody, path, "{\"subs\":{\"closed\":{}}}"))
                  .contains("\"connect\"")
                  .doesNotContain("closed"));
    } else {
      door.none("asked of each command: see the commands", Check.PERMISSION);
    }
  }

  private static String connect(String parameters) {
    return "{\"id\":1,\"connect\":" + parameters + "}";
  }

  private static String ask(NodeInProcess node, boolean byBody, String path, String connect) {
    return byBody
        ? rest(node, "POST", path, bytes(connect))
        : rest(node, "GET", path + connectQuery(connect), none());
  }

  /** The first object of a stream that may go on. */
  private static String first(NodeInProcess node, boolean byBody, String path, String connect) {
    try (LineStream stream =
        byBody
            ? LineStream.post(node.port(), path, connect)
            : LineStream.ask(node.port(), path + connectQuery(connect))) {
      return stream.next();
    }
  }

  private static void assertEnds(String stream) {
    assertThat(stream).containsAnyOf("\"disconnect\":{\"code\":35", "\"status\":400");
  }

  private void read(Operation operation, Door door) {
    String open = path(operation, "a");
    boolean ofRoom = operation.path().contains("{room}");
    door.test(
            Check.SIZE,
            () -> assertThat(status(DoorsTest.open, "GET", longQuery(open), none())).isEqualTo(414))
        .none("takes no JSON", Check.JSON);
    if (ofRoom) {
      door.test(
              Check.UTF8,
              () ->
                  assertThat(status(DoorsTest.open, "GET", path(operation, "%c0%80"), none()))
                      .isEqualTo(400))
          .test(
              Check.PERMISSION,
              () -> assertRefused(status(DoorsTest.open, "GET", path(operation, "closed"), none())))
          .test(
              Check.RELOAD, () -> assertThat(status(reloaded, "GET", open, none())).isEqualTo(401));
    } else {
      door.none("its parameters are names and numbers that are compared only", Check.UTF8);
    }
    switch (operation.id()) {
      case "getMessages" ->
          door.test(
              Check.ROOM_LIMIT,
              () ->
                  assertThat(status(full, "GET", "/rooms/other/messages?wait=1", none()))
                      .isEqualTo(503));
      case "streamEvents" ->
          door.none(
              "io.stentor.admission.MessageLimitsTest"
                  + "#a_node_has_as_many_rooms_as_it_may_and_those_can_still_be_entered",
              Check.ROOM_LIMIT);
      default -> door.none("enters no room", Check.ROOM_LIMIT);
    }
    switch (operation.id()) {
      case "listRooms" ->
          door.none("lists only what the caller may read", Check.PERMISSION)
              .test(
                  Check.RELOAD,
                  () -> assertThat(status(reloaded, "GET", "/rooms", none())).isEqualTo(401));
      case "isDemoLoginOffered" ->
          door.none("tells everybody", Check.PERMISSION)
              .test(
                  Check.RELOAD,
                  () -> assertThat(rest(reloaded, "GET", "/demo/login", none())).contains("false"));
      case "getContract" -> door.none("a public file of the jar", Check.PERMISSION, Check.RELOAD);
      default -> assertThat(ofRoom).as(operation.id()).isTrue();
    }
  }

  private void write(Operation operation, Door door) {
    String path = path(operation, "a");
    door.test(Check.UTF8, () -> assertThat(status(open, "POST", path, ILL_FORMED)).isEqualTo(400))
        .test(Check.JSON, () -> assertThat(status(open, "POST", path, NO_JSON)).isEqualTo(400))
        .test(
            Check.SIZE,
            () -> assertThat(status(open, "POST", path, none(), TOO_LONG)).isEqualTo(413))
        .none("enters no room", Check.ROOM_LIMIT);
    switch (operation.id()) {
      case "publishMessage" ->
          door.test(
                  Check.PERMISSION,
                  () -> assertRefused(status(open, "POST", path(operation, "closed"), bytes("1"))))
              .test(
                  Check.RELOAD,
                  () -> assertThat(status(reloaded, "POST", path, bytes("1"))).isEqualTo(401));
      case "publishMessages" -> {
        byte[] body = bytes("{\"messages\":[{\"room\":\"closed\",\"text\":\"x\"}]}");
        door.test(
                Check.PERMISSION,
                () -> assertThat(rest(open, "POST", path, body)).containsAnyOf(":401", ":403"))
            .test(
                Check.RELOAD,
                () -> assertThat(status(reloaded, "POST", path, body)).isEqualTo(401));
      }
      case "postCommands" ->
          door.none(
              "whoever has the session's secret is the client of its stream; the commands are"
                  + " asked",
              Check.PERMISSION,
              Check.RELOAD);
      case "demoLogin" ->
          door.none("gives anybody a token, which is what it is for", Check.PERMISSION)
              .test(
                  Check.RELOAD,
                  () ->
                      assertThat(status(reloaded, "POST", path, bytes("{\"name\":\"ann\"}")))
                          .isEqualTo(404));
      default -> throw new AssertionError("a new door: " + operation.id());
    }
  }

  private void webSockets() {
    for (String path : List.of("/", "/rooms/")) {
      String room = path.equals("/") ? path : path + "a";
      door("websocket " + path)
          .test(Check.UTF8, () -> assertCloses(open, room, RawWebSocket.TEXT, ILL_FORMED, 1007))
          .none("a text is no JSON", Check.JSON)
          .test(
              Check.SIZE, () -> assertCloses(open, room, RawWebSocket.TEXT, new byte[70_000], 1009))
          .test(Check.ROOM_LIMIT, () -> assertThat(upgrade(full, room)).isEqualTo(503))
          .test(
              Check.PERMISSION,
              () ->
                  assertRefused(
                      upgrade(
                          path.equals("/") ? reloaded : open,
                          path.equals("/") ? path : "/rooms/closed")))
          .none(
              "io.stentor.admission.SocketPaceTest"
                  + "#a_socket_that_sends_too_fast_is_slowed_and_loses_nothing_while_others_are_served_at_once",
              Check.RATE)
          .test(Check.RELOAD, () -> assertThat(upgrade(reloaded, room)).isEqualTo(401));
    }
    centrifuge(
        "/connection/websocket",
        connect("{}"),
        connect("{\"token\":\"" + token("other") + "\"}"),
        "io.stentor.admission.SocketPaceTest#commands_of_the_centrifuge_protocol_are_slowed_also_within_one_message");
    centrifuge(
        "/connection/uni_websocket",
        "{}",
        "{\"subs\":{\"other\":{}}}",
        "io.stentor.admission.PostLimitsTest#a_socket_that_only_listens_is_slowed_by_what_it_sends_all_the_same");
  }

  private void centrifuge(String path, String anonymous, String enters, String rate) {
    door("websocket " + path)
        .test(Check.UTF8, () -> assertCloses(open, path, RawWebSocket.TEXT, ILL_FORMED, 1007))
        .test(Check.JSON, () -> assertCloses(open, path, RawWebSocket.TEXT, NO_JSON, 3501))
        .test(Check.SIZE, () -> assertCloses(open, path, RawWebSocket.TEXT, new byte[70_000], 1009))
        .test(
            Check.ROOM_LIMIT,
            () -> {
              try (RawWebSocket socket = RawWebSocket.connect(full.port(), path)) {
                RawWebSocket.Frame frame = socket.sendText(enters).nextFrame();
                assertThat(
                        frame.opcode() == RawWebSocket.CLOSE
                            ? "" + frame.closeCode()
                            : frame.text())
                    .containsAnyOf("3013", "\"code\":106");
              }
            })
        .none("asked of each command, and of rooms in connect: see the commands", Check.PERMISSION)
        .none(rate, Check.RATE)
        .test(
            Check.RELOAD,
            () -> assertCloses(reloaded, path, RawWebSocket.TEXT, bytes(anonymous), 3501));
  }

  private static int upgrade(NodeInProcess node, String path) {
    return RawHttp.exchange(node.port(), RawWebSocket.upgrade(path)).status();
  }

  private void commands() {
    for (String name :
        List.of(
            "connect",
            "subscribe",
            "unsubscribe",
            "publish",
            "presence",
            "presence_stats",
            "history",
            "ping",
            "rpc",
            "send",
            "refresh",
            "sub_refresh")) {
      Door door =
          door("command " + name)
              .test(
                  Check.JSON,
                  () -> {
                    try (RawWebSocket socket = session(open)) {
                      socket.sendText("{\"id\":2,\"" + name + "\":{").expectClosed(3501);
                    }
                  })
              .none(
                  "of the message that it comes in: see the transports",
                  Check.UTF8,
                  Check.SIZE,
                  Check.RATE)
              .none(
                  "the client that connected; io.stentor.identity.ReloadedAccessTest",
                  Check.RELOAD);
      if (Set.of("subscribe", "publish", "presence", "presence_stats", "history").contains(name)) {
        String command = "{\"id\":2,\"" + name + "\":{\"channel\":\"closed\",\"data\":1}}";
        door.test(
            Check.PERMISSION, () -> assertThat(answer(open, command)).contains("\"code\":103"));
      } else {
        door.none("of no room, or of one that the client is in already", Check.PERMISSION);
      }
      if (name.equals("subscribe")) {
        door.test(
            Check.ROOM_LIMIT,
            () ->
                assertThat(answer(full, "{\"id\":2,\"subscribe\":{\"channel\":\"other\"}}"))
                    .contains("\"code\":106"));
      } else {
        door.none("enters no room; connect does: see the transports", Check.ROOM_LIMIT);
      }
    }
  }
}
