package io.stentor.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.Client;
import io.stentor.support.NodeInProcess;
import io.stentor.support.TestCertificates;
import io.stentor.support.TestCertificates.Pair;
import io.stentor.support.TlsClient;
import io.stentor.support.Warnings;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate that changes while clients talk. */
class TlsReloadTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void open_connections_go_on_new_ones_get_the_new_certificate_and_a_bad_pair_is_refused()
      throws Exception {
    TestCertificates authority = new TestCertificates(directory, "authority");
    Pair used = authority.sign("first");
    Pair second = authority.sign("second");
    Pair third = authority.sign("third");
    AtomicBoolean over = new AtomicBoolean();
    try (Warnings log = new Warnings();
        NodeInProcess node = NodeInProcess.start(options(used))) {
      TlsClient client = new TlsClient(authority, node.port());
      try (Client chat = client.chat("/rooms/talk");
          TlsClient.Lines events = client.lines(Version.HTTP_2, "/rooms/talk/events")) {
        AtomicInteger sent = new AtomicInteger();
        Thread talking = new Thread(() -> talk(chat, over, sent));
        talking.start();
        assertThat(shown(authority, node.port())).isEqualTo("CN=first");

        used.become(second);
        await().atMost(SOON).until(() -> shown(authority, node.port()).equals("CN=second"));
        awaitMore(sent);

        Files.copy(
            third.keyFile(), used.keyFile(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        node.reload();
        await().atMost(SOON).until(() -> !aboutTls(log).isEmpty());
        assertThat(aboutTls(log))
            .singleElement()
            .asString()
            .contains("http.tls.keyFile", "is not the key of the certificate");
        assertThat(shown(authority, node.port())).isEqualTo("CN=second");
        awaitMore(sent);

        used.become(third);
        node.reload();
        await().atMost(SOON).until(() -> shown(authority, node.port()).equals("CN=third"));
        awaitMore(sent);

        over.set(true);
        talking.join();
        assertThat(chat.isClosed()).isFalse();
        for (int i = 0; i < sent.get(); i++) {
          assertThat(events.skipTo("data: n")).isEqualTo("data: n" + i);
        }
      }
    }
  }

  private static List<String> aboutTls(Warnings log) {
    return log.lines().stream().filter(line -> line.contains("http.tls")).toList();
  }

  /** Everything comes back, in order. */
  private static void talk(Client chat, AtomicBoolean over, AtomicInteger sent) {
    while (!over.get()) {
      String text = "n" + sent.get();
      chat.publish(text);
      assertThat(chat.next()).isEqualTo(text);
      sent.incrementAndGet();
    }
  }

  private static void awaitMore(AtomicInteger sent) {
    int before = sent.get();
    await().atMost(SOON).until(() -> sent.get() > before + 20);
  }

  private static JsonObject options(Pair pair) {
    JsonObject tls =
        new JsonObject()
            .put("certificateFile", pair.chainFile().toString())
            .put("keyFile", pair.keyFile().toString());
    return new JsonObject().put("http", new JsonObject().put("tls", tls));
  }

  private static String shown(TestCertificates authority, int port) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) authority.trusted().getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.startHandshake();
      X509Certificate first = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return first.getSubjectX500Principal().getName();
    }
  }
}
