package io.stentor.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.support.Client;
import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.stentor.support.TestCertificates;
import io.stentor.support.TlsClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every transport of a node by TLS, with the JDK's clients. */
class TlsTest {
  private static TestCertificates authority;
  private static NodeInProcess node;
  private static TlsClient client;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    authority = new TestCertificates(directory, "authority");
    TestCertificates.Pair pair = authority.sign("node");
    JsonObject tls =
        new JsonObject()
            .put("certificateFile", pair.chainFile().toString())
            .put("keyFile", pair.keyFile().toString());
    node = NodeInProcess.start(new JsonObject().put("http", new JsonObject().put("tls", tls)));
    client = new TlsClient(authority, node.port());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void a_plain_websocket() {
    try (Client one = client.chat("/rooms/plain");
        Client two = client.chat("/rooms/plain")) {
      two.publish("two is in the room");
      assertThat(two.next()).isEqualTo("two is in the room");
      one.publish("a");
      one.skipTo("a");
      assertThat(two.next()).isEqualTo("a");
    }
  }

  /** More than a socket takes at once, so that some waits behind the encryption. */
  @Test
  void a_burst_comes_whole_and_in_order() {
    String text = "x".repeat(10_000);
    try (Client one = client.chat("/rooms/burst");
        Client two = client.chat("/rooms/burst")) {
      two.publish("two is in the room");
      assertThat(two.next()).isEqualTo("two is in the room");
      one.publish("so is one");
      one.skipTo("so is one");
      assertThat(two.next()).isEqualTo("so is one");
      for (int i = 0; i < 500; i++) {
        one.publish(i + text);
      }
      for (int i = 0; i < 500; i++) {
        assertThat(one.next()).isEqualTo(i + text);
        assertThat(two.next()).isEqualTo(i + text);
      }
    }
  }

  @Test
  void a_websocket_of_the_centrifuge_protocol() {
    try (Client one = client.chat("/connection/websocket")) {
      one.publish("{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"rich\"}}");
      assertThat(one.next()).contains("\"id\":1");
      assertThat(one.next()).contains("\"id\":2", "subscribe");
      assertThat(client.publish("rich", "hello").statusCode()).isEqualTo(201);
      assertThat(one.next()).contains("\"push\"", "hello");
    }
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void an_event_stream(Version version) {
    String room = "stream" + version.ordinal();
    try (TlsClient.Lines events = client.lines(version, "/rooms/" + room + "/events")) {
      assertThat(events.version()).isEqualTo(version);
      events.skipTo("data: {\"position\"");
      for (int i = 0; i < 3; i++) {
        client.publish(room, "number " + i);
        assertThat(events.skipTo("data: number")).isEqualTo("data: number " + i);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void a_long_poll(Version version) {
    String room = "poll" + version.ordinal();
    String path = "/rooms/" + room + "/messages";
    String at = new JsonObject(client.get(version, path).body()).getString("epoch") + ":0";
    CompletableFuture<HttpResponse<String>> waiting =
        client.getLater(version, path + "?wait=20&since=" + at);
    client.publish(room, "here");
    HttpResponse<String> answer = waiting.orTimeout(15, TimeUnit.SECONDS).join();
    assertThat(answer.version()).isEqualTo(version);
    assertThat(answer.body()).contains("here");
  }

  @Test
  void a_client_without_tls_is_told_nothing() {
    assertThatThrownBy(() -> RawHttp.get(node.port(), "/rooms")).isNotNull();
  }

  @Test
  void an_old_version_of_tls_is_refused() throws Exception {
    for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
      try (SSLSocket socket = socket()) {
        socket.setEnabledProtocols(new String[] {version});
        socket.startHandshake();
        assertThat(socket.getSession().getProtocol()).isEqualTo(version);
      }
    }
    String allowed = java.security.Security.getProperty("jdk.tls.disabledAlgorithms");
    assertThat(allowed).as("the JDK itself refuses them").contains("TLSv1.1");
    try (SSLSocket socket = socket()) {
      socket.setEnabledProtocols(new String[] {"TLSv1.1"});
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
    }
  }

  private static SSLSocket socket() throws IOException {
    return (SSLSocket)
        authority.trusted().getSocketFactory().createSocket("127.0.0.1", node.port());
  }
}
