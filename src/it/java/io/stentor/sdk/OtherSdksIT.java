package io.stentor.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.support.Api;
import io.stentor.support.Balancer;
import io.stentor.support.ClusterOfProcesses;
import io.stentor.support.HttpRoom;
import io.stentor.support.Launch;
import io.stentor.support.LogLines;
import io.stentor.support.NodeProcess;
import io.stentor.support.Ports;
import io.stentor.support.RawWebSocket;
import io.stentor.support.Scrape;
import io.stentor.support.SdkProgram;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The official clients of the Centrifuge protocol for Java, Python and Go, in JSON and Protobuf.
 */
class OtherSdksIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String DELIVERED_BYTES = "stentor_delivered_bytes_total";

  /** A document of which one member changes. */
  private static final String DOCUMENT =
      "{\"name\":\"Aéro 你\",\"price\":%d,\"note\":\"" + "the same ".repeat(99) + "\"}";

  private static NodeProcess server;

  @BeforeAll
  static void start() {
    server = NodeProcess.start(Setting.nodes().with("--port", Integer.toString(Ports.free())));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  /** A client in a process of its own, and what it has told. */
  private static final class Client implements AutoCloseable {
    private final Process process;
    private final LogLines lines;
    private int read;

    Client(SdkProgram program, int port) throws IOException {
      process = program.start(Setting.url("websocket", port));
      lines = new LogLines(process.getInputStream(), program.name());
      expect("ready");
    }

    /** Connects with tokens by their names: the first one, and those that it renews it with. */
    void connect(String... tokens) throws IOException {
      JsonObject all = new JsonObject(Setting.tokens());
      StringBuilder command = new StringBuilder("connect");
      for (String name : tokens) {
        command.append(' ').append(all.getString(name));
      }
      order(command.toString());
    }

    Client connected(String... tokens) throws IOException {
      connect(tokens);
      expect("connected");
      return this;
    }

    void order(String command) throws IOException {
      process.getOutputStream().write((command + "\n").getBytes(UTF_8));
      process.getOutputStream().flush();
    }

    /** Waits for a line that is this pattern, after those that were expected before. */
    String expect(String pattern) {
      String line = lines.await("^" + pattern + "$", read, PATIENCE);
      read += lines.from(read).indexOf(line) + 1;
      return line;
    }

    List<String> publications() {
      return lines.all().stream()
          .filter(line -> line.startsWith("publication "))
          .map(line -> line.split(" ", 4)[3])
          .toList();
    }

    void kill() {
      process.destroyForcibly();
    }

    @Override
    public void close() {
      kill();
    }
  }

  private static String room(String name) {
    return name + ":" + UUID.randomUUID();
  }

  private static void publish(int port, String room, int from, int to) {
    for (int i = from; i <= to; i++) {
      byte[] data = Integer.toString(i).getBytes(UTF_8);
      assertThat(HttpRoom.at(port, room).publish("application/json", data).status()).isEqualTo(201);
    }
  }

  private static List<String> numbers(int to) {
    return IntStream.rangeClosed(1, to).mapToObj(Integer::toString).toList();
  }

  @ParameterizedTest
  @EnumSource
  void subscribes_publishes_and_reads(SdkProgram program) throws IOException {
    String room = room("chat");
    try (Client ann = new Client(program, server.port()).connected("long");
        Client bob = new Client(program, server.port()).connected();
        RawWebSocket plain = RawWebSocket.connect(server.port(), "/rooms/" + room)) {
      ann.order("subscribe " + room);
      ann.expect("subscribed " + room + " false false");
      bob.order("publish " + room + " {\"text\":\"hi é你\"}");
      bob.expect("published " + room);
      ann.expect("publication " + room + " 1 \\{\"text\":\"hi é你\"}");
      // The SDK for Python writes JSON in its own way.
      assertThat(new JsonObject(plain.nextFrame().text()).getString("text")).isEqualTo("hi é你");
      plain.sendText("plain");
      ann.expect("publication " + room + " 2 \"plain\"");
      bob.order("subscribe " + room);
      ann.expect("join " + room + " ?");
      ann.order("history " + room + " -1");
      ann.expect("history 1:\\{\"text\":\"hi é你\"} 2:\"plain\"");
      ann.order("presence " + room);
      // The plain socket is a member as well; everybody without a name is one user.
      ann.expect("presence 3 2 ,,ann");
      bob.kill();
      ann.expect("leave " + room + " ?");
      ann.order("publish servers 1");
      ann.expect("error 103");
      ann.order("history unlogged 1");
      ann.expect("error 108");
    }
  }

  @ParameterizedTest
  @EnumSource
  void sends_and_receives_compressed(SdkProgram program) throws IOException {
    String room = room("packed");
    String json = "{\"text\":\"" + "x y ".repeat(600) + "\"}";
    Scrape before = Scrape.of(server.port());
    try (Client ann = new Client(program, server.port()).connected()) {
      ann.order("subscribe " + room);
      ann.expect("subscribed " + room + " false false");
      ann.order("publish " + room + " " + json);
      String heard = ann.expect("publication " + room + " 1 .*");
      assertThat(new JsonObject(heard.split(" ", 4)[3])).isEqualTo(new JsonObject(json));
    }
    Setting.assertCompressed(before, Scrape.of(server.port()));
  }

  @ParameterizedTest
  @EnumSource
  void recovers_after_a_cut(SdkProgram program) throws IOException {
    String room = room("cut");
    Balancer first = new Balancer(server.port());
    try (Client ann = new Client(program, first.port()).connected()) {
      ann.order("subscribe " + room);
      ann.expect("subscribed " + room + " false false");
      publish(server.port(), room, 1, 1);
      ann.expect("publication " + room + " 1 1");
      first.cut();
      ann.expect("connecting .*");
      publish(server.port(), room, 2, 20);
      ann.expect("subscribed " + room + " true true");
      publish(server.port(), room, 21, 21);
      ann.expect("publication " + room + " 21 21");
      assertThat(ann.publications()).isEqualTo(numbers(21));
    } finally {
      first.close();
    }
  }

  /** The SDK for Java knows no deltas. */
  @ParameterizedTest
  @EnumSource
  void puts_deltas_together(SdkProgram program) throws IOException {
    String room = room("delta");
    Balancer first = new Balancer(server.port());
    try (Client ann = new Client(program, first.port()).connected()) {
      ann.order("subscribe " + room);
      ann.expect("subscribed " + room + " false false");
      double before = Scrape.of(server.port()).get(DELIVERED_BYTES);
      publishDocuments(room, 1, 10);
      ann.expect("publication " + room + " 10 .*");
      double delivered = Scrape.of(server.port()).get(DELIVERED_BYTES) - before;
      if (program == SdkProgram.JAVA_PROTOBUF) {
        assertThat(delivered).isGreaterThan(10 * DOCUMENT.length());
      } else {
        assertThat(delivered).isBetween(1.0 * DOCUMENT.length(), 3.0 * DOCUMENT.length());
      }
      first.cut();
      ann.expect("connecting .*");
      publishDocuments(room, 11, 13);
      ann.expect("subscribed " + room + " true true");
      publishDocuments(room, 14, 15);
      ann.expect("publication " + room + " 15 .*");
      assertThat(ann.publications())
          .isEqualTo(IntStream.rangeClosed(1, 15).mapToObj(DOCUMENT::formatted).toList());
    } finally {
      first.close();
    }
  }

  private static void publishDocuments(String room, int from, int to) {
    for (int i = from; i <= to; i++) {
      byte[] data = DOCUMENT.formatted(i).getBytes(UTF_8);
      assertThat(HttpRoom.at(server.port(), room).publish("application/json", data).status())
          .isEqualTo(201);
    }
  }

  /** Clients in all languages that are subscribed to one room, with ten publications. */
  private static final class Audience implements AutoCloseable {
    private final String room = room("recovered");
    private final List<Client> clients = new ArrayList<>();

    Audience(int port, int publishesAt) throws IOException {
      for (SdkProgram program : SdkProgram.values()) {
        Client client = new Client(program, port);
        clients.add(client);
        client.connected().order("subscribe " + room);
        client.expect("subscribed " + room + " false false");
      }
      publish(publishesAt, room, 1, 10);
      expect("publication " + room + " 10 10");
    }

    void expect(String line) {
      clients.forEach(client -> client.expect(line));
    }

    /** Publishes at this port what the clients miss while they are away. */
    void expectRecovery(int port) {
      publish(port, room, 11, 30);
      expect("subscribed " + room + " true true");
      expect("publication " + room + " 30 30");
      clients.forEach(client -> assertThat(client.publications()).isEqualTo(numbers(30)));
    }

    @Override
    public void close() {
      clients.forEach(Client::close);
    }
  }

  @Test
  void all_recover_after_their_node_was_killed() throws IOException {
    try (ClusterOfProcesses cluster = ClusterOfProcesses.of(2, Setting.nodes());
        Balancer balancer = new Balancer(cluster.node(0).port(), cluster.node(1).port());
        Audience all = new Audience(balancer.port(), cluster.node(1).port())) {
      cluster.node(0).kill9();
      all.expect("connecting .*");
      all.expectRecovery(cluster.node(1).port());
    }
  }

  @Test
  void all_recover_after_a_restart_of_everything(@TempDir Path data) throws IOException {
    String port = Integer.toString(Ports.free());
    Launch launch = Setting.nodes().with("--port", port, "--data-dir", data.toString());
    NodeProcess node = NodeProcess.start(launch);
    try (Audience all = new Audience(node.port(), node.port())) {
      node.kill9();
      all.expect("connecting .*");
      node = NodeProcess.start(launch);
      all.expectRecovery(node.port());
    } finally {
      node.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void renews_its_token_and_is_let_into_a_room_by_one(SdkProgram program) throws IOException {
    try (Client ann = new Client(program, server.port())) {
      ann.connect("expired", "short", "long");
      ann.expect("token"); // The first one has expired.
      ann.expect("connected");
      ann.expect("token"); // The second one will soon.
      ann.order("subscribe tokens:a " + new JsonObject(Setting.tokens()).getString("room"));
      ann.expect("subscribed tokens:a false .*");
      ann.order("subscribe tokens:b");
      ann.expect("unsubscribed tokens:b 103");
      ann.order("publish " + room("after") + " 1");
      ann.expect("published .*");
      List<String> connects = new ArrayList<>(ann.lines.all());
      connects.removeIf(line -> !line.startsWith("connecting"));
      assertThat(connects).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void is_sent_away_and_taken_out_by_a_server(SdkProgram program) throws IOException {
    String room = room("taken");
    Api api = Api.at(server.port(), "sdk-key");
    try (Client ann = new Client(program, server.port()).connected("long")) {
      ann.order("subscribe " + room);
      ann.expect("subscribed .*");
      api.result("unsubscribe", "{\"user\":\"ann\",\"channel\":\"" + room + "\"}");
      ann.expect("unsubscribed " + room + " 2000");
      api.result(
          "disconnect",
          "{\"user\":\"ann\",\"disconnect\":{\"code\":4001,\"reason\":\"come again\"}}");
      ann.expect("connecting 4001");
      ann.expect("connected");
      api.result("disconnect", "{\"user\":\"ann\"}");
      ann.expect("disconnected 3503 force disconnect");
    }
  }

  /** Code 3014 has no such meaning for the SDK for Java, which recovers as after any other code. */
  @ParameterizedTest
  @EnumSource
  void drops_its_position_when_its_state_is_invalid(SdkProgram program) throws IOException {
    String room = room("invalid");
    Api api = Api.at(server.port(), "sdk-key");
    try (Client ann = new Client(program, server.port()).connected("long", "long")) {
      ann.order("subscribe " + room);
      ann.expect("subscribed " + room + " false false");
      publish(server.port(), room, 1, 2);
      ann.expect("publication " + room + " 2 2");
      api.result(
          "disconnect",
          "{\"user\":\"ann\",\"disconnect\":{\"code\":3014,\"reason\":\"state invalidated\"}}");
      ann.expect("connecting 3014");
      ann.expect("subscribed " + room + " true " + (program == SdkProgram.JAVA_PROTOBUF));
      publish(server.port(), room, 3, 3);
      ann.expect("publication " + room + " 3 3");
      assertThat(ann.publications()).isEqualTo(numbers(3));
    }
  }
}
