package io.stentor.http;

import static io.stentor.http.DoorNode.EMPTY;
import static io.stentor.http.DoorNode.TOO_LONG;
import static io.stentor.http.DoorNode.WITH_KEY;
import static io.stentor.http.DoorNode.bytes;
import static io.stentor.http.DoorNode.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.http.Contract.Operation;
import io.stentor.support.RawWebSocket;
import io.stentor.websocket.WebSocketEndpoint;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
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

  private static DoorNode open;
  private static DoorNode full;
  private static DoorNode slow;
  private static DoorNode reloaded;
  private static RawWebSocket held;

  private final Map<String, Door> doors = new TreeMap<>();
  private int clients;

  @BeforeAll
  static void start() throws IOException {
    open = DoorNode.start(new JsonObject());
    full = DoorNode.start(new JsonObject().put("rooms", 1));
    held = full.socket("/rooms/held");
    slow = DoorNode.start(new JsonObject().put("messagesPerSecondPerAddress", 1));
    reloaded = DoorNode.start(new JsonObject());
    reloaded.lock();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> reloaded.status("GET", "/rooms/a/messages", EMPTY) == 401);
  }

  @AfterAll
  static void stop() {
    held.close();
    for (DoorNode node : List.of(open, full, slow, reloaded)) {
      node.close();
    }
  }

  private static void assertRefused(int status) {
    assertThat(status).isIn(401, 403);
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
              () -> assertThat(open.status("GET", longQuery(path), EMPTY)).isEqualTo(414))
          .none("enters no room", Check.ROOM_LIMIT)
          .none(
              "open to whoever reaches the port: docs/SECURITY.md", Check.PERMISSION, Check.RELOAD);
    }
  }

  private static String longQuery(String path) {
    return path + "?x=" + "x".repeat(9000);
  }

  /** The address is another one for each door. */
  private void assertRated(String method, String path) {
    String address = "X-Forwarded-For: 203.0.113." + ++clients;
    int status = 0;
    for (int i = 0; i < 20 && status != 429; i++) {
      status = slow.status(method, path, EMPTY, address, WITH_KEY);
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
    door.test(Check.UTF8, () -> assertBad(open.rest("POST", path, ILL_FORMED, WITH_KEY)))
        .test(Check.JSON, () -> assertBad(open.rest("POST", path, NO_JSON, WITH_KEY)))
        .test(
            Check.SIZE,
            () -> assertThat(open.status("POST", path, EMPTY, WITH_KEY, TOO_LONG)).isEqualTo(413))
        .test(
            Check.PERMISSION,
            () -> assertThat(open.status("POST", path, bytes("{}"))).isEqualTo(401))
        .test(
            Check.RELOAD,
            () -> assertThat(reloaded.status("POST", path, bytes("{}"), WITH_KEY)).isEqualTo(401));
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
                        ? open.rest("POST", path, ILL_FORMED)
                        : open.rest("GET", path + "?cf_connect=%7B%22a%22:%22%C0%80%22%7D", EMPTY)))
        .test(Check.JSON, () -> assertEnds(open.stream(byBody, path, "{")))
        .test(
            Check.SIZE,
            () ->
                assertThat(
                        byBody
                            ? open.status("POST", path, EMPTY, TOO_LONG)
                            : open.status("GET", longQuery(path), EMPTY))
                    .isIn(413, 414))
        .test(
            Check.ROOM_LIMIT,
            () -> assertThat(full.first(byBody, path, wanted)).containsAnyOf("106", "3013"))
        .test(Check.RELOAD, () -> assertEnds(reloaded.stream(byBody, path, anonymous)));
    if (listens) {
      door.test(
          Check.PERMISSION,
          () ->
              assertThat(open.first(byBody, path, "{\"subs\":{\"closed\":{}}}"))
                  .contains("\"connect\"")
                  .doesNotContain("closed"));
    } else {
      door.none("asked of each command: see the commands", Check.PERMISSION);
    }
  }

  private static String connect(String parameters) {
    return "{\"id\":1,\"connect\":" + parameters + "}";
  }

  private static void assertEnds(String stream) {
    assertThat(stream).containsAnyOf("\"disconnect\":{\"code\":35", "\"status\":400");
  }

  private void read(Operation operation, Door door) {
    String path = path(operation, "a");
    boolean ofRoom = operation.path().contains("{room}");
    door.test(
            Check.SIZE, () -> assertThat(open.status("GET", longQuery(path), EMPTY)).isEqualTo(414))
        .none("takes no JSON", Check.JSON);
    if (ofRoom) {
      door.test(
              Check.UTF8,
              () -> assertThat(open.status("GET", path(operation, "%c0%80"), EMPTY)).isEqualTo(400))
          .test(
              Check.PERMISSION,
              () -> assertRefused(open.status("GET", path(operation, "closed"), EMPTY)))
          .test(Check.RELOAD, () -> assertThat(reloaded.status("GET", path, EMPTY)).isEqualTo(401));
    } else {
      door.none("its parameters are names and numbers that are compared only", Check.UTF8);
    }
    switch (operation.id()) {
      case "getMessages" ->
          door.test(
              Check.ROOM_LIMIT,
              () ->
                  assertThat(full.status("GET", "/rooms/other/messages?wait=1", EMPTY))
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
                  () -> assertThat(reloaded.status("GET", "/rooms", EMPTY)).isEqualTo(401));
      case "isDemoLoginOffered" ->
          door.none("tells everybody", Check.PERMISSION)
              .test(
                  Check.RELOAD,
                  () -> assertThat(reloaded.rest("GET", "/demo/login", EMPTY)).contains("false"));
      case "getLoginOptions" ->
          door.none("tells everybody", Check.PERMISSION)
              .test(
                  Check.RELOAD,
                  () ->
                      assertThat(reloaded.rest("GET", "/login", EMPTY)).contains("\"demo\":false"));
      case "listNodes" -> door.none("tells everybody", Check.PERMISSION, Check.RELOAD);
      case "getContract", "getContractAsJson" ->
          door.none("a public file of the jar", Check.PERMISSION, Check.RELOAD);
      default -> assertThat(ofRoom).as(operation.id()).isTrue();
    }
  }

  private void write(Operation operation, Door door) {
    String path = path(operation, "a");
    door.test(Check.UTF8, () -> assertThat(open.status("POST", path, ILL_FORMED)).isEqualTo(400))
        .test(Check.JSON, () -> assertThat(open.status("POST", path, NO_JSON)).isEqualTo(400))
        .test(
            Check.SIZE, () -> assertThat(open.status("POST", path, EMPTY, TOO_LONG)).isEqualTo(413))
        .none("enters no room", Check.ROOM_LIMIT);
    switch (operation.id()) {
      case "publishMessage" ->
          door.test(
                  Check.PERMISSION,
                  () -> assertRefused(open.status("POST", path(operation, "closed"), bytes("1"))))
              .test(
                  Check.RELOAD,
                  () -> assertThat(reloaded.status("POST", path, bytes("1"))).isEqualTo(401));
      case "publishMessages" -> {
        byte[] body = bytes("{\"messages\":[{\"room\":\"closed\",\"text\":\"x\"}]}");
        door.test(
                Check.PERMISSION,
                () -> assertThat(open.rest("POST", path, body)).containsAnyOf(":401", ":403"))
            .test(
                Check.RELOAD, () -> assertThat(reloaded.status("POST", path, body)).isEqualTo(401));
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
                      assertThat(reloaded.status("POST", path, bytes("{\"name\":\"ann\"}")))
                          .isEqualTo(404));
      default -> throw new AssertionError("a new door: " + operation.id());
    }
  }

  private void webSockets() {
    for (String path : List.of("/", "/rooms/")) {
      String room = path.equals("/") ? path : path + "a";
      door("websocket " + path)
          .test(Check.UTF8, () -> open.assertCloses(room, ILL_FORMED, 1007))
          .none("a text is no JSON", Check.JSON)
          .test(Check.SIZE, () -> open.assertCloses(room, new byte[70_000], 1009))
          .test(Check.ROOM_LIMIT, () -> assertThat(full.upgrade(room)).isEqualTo(503))
          .test(
              Check.PERMISSION,
              () ->
                  assertRefused(
                      path.equals("/") ? reloaded.upgrade(path) : open.upgrade("/rooms/closed")))
          .none(
              "io.stentor.admission.SocketPaceTest"
                  + "#a_socket_that_sends_too_fast_is_slowed_and_loses_nothing_while_others_are_served_at_once",
              Check.RATE)
          .test(Check.RELOAD, () -> assertThat(reloaded.upgrade(room)).isEqualTo(401));
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
        .test(Check.UTF8, () -> open.assertCloses(path, ILL_FORMED, 1007))
        .test(Check.JSON, () -> open.assertCloses(path, NO_JSON, 3501))
        .test(Check.SIZE, () -> open.assertCloses(path, new byte[70_000], 1009))
        .test(
            Check.ROOM_LIMIT,
            () -> {
              try (RawWebSocket socket = full.socket(path)) {
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
        .test(Check.RELOAD, () -> reloaded.assertCloses(path, bytes(anonymous), 3501));
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
                    try (RawWebSocket socket = open.session()) {
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
        door.test(Check.PERMISSION, () -> assertThat(open.reply(command)).contains("\"code\":103"));
      } else {
        door.none("of no room, or of one that the client is in already", Check.PERMISSION);
      }
      if (name.equals("subscribe")) {
        door.test(
            Check.ROOM_LIMIT,
            () ->
                assertThat(full.reply("{\"id\":2,\"subscribe\":{\"channel\":\"other\"}}"))
                    .contains("\"code\":106"));
      } else {
        door.none("enters no room; connect does: see the transports", Check.ROOM_LIMIT);
      }
    }
  }
}
