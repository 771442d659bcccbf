package io.stentor.admission;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.NodeInProcess;
import io.stentor.support.RawHttp;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A proxy sends the requests of many clients over one connection of HTTP/2. */
class ClientsOfAProxyTest {
  private static final String ONE = "203.0.113.1";
  private static final String OTHER = "203.0.113.2";
  private static final int PER_SECOND = 100;

  private final Vertx vertx = Vertx.vertx();
  private NodeInProcess node;
  private HttpClient proxy;

  @BeforeEach
  void start() throws IOException {
    node =
        NodeInProcess.start(
            new JsonObject()
                .put("limits", new JsonObject().put("messagesPerSecondPerAddress", PER_SECOND)));
    proxy =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setDefaultHost("127.0.0.1")
                .setDefaultPort(node.port())
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false),
            new PoolOptions().setHttp2MaxSize(1));
  }

  @AfterEach
  void stop() {
    vertx.close().await();
    node.close();
  }

  private HttpClientRequest request(HttpMethod method, String path, String client)
      throws Exception {
    HttpClientRequest request = proxy.request(method, path).await(10, SECONDS);
    request.putHeader("X-Forwarded-For", client).putHeader("Content-Type", "application/json");
    return request;
  }

  private int status(String client) throws Exception {
    return request(HttpMethod.GET, "/rooms", client).send().await(10, SECONDS).statusCode();
  }

  private static String messages(int number) {
    JsonArray all = new JsonArray();
    for (int i = 0; i < number; i++) {
      all.add(new JsonObject().put("room", "a").put("text", "x"));
    }
    return new JsonObject().put("messages", all).encode();
  }

  @Test
  void each_message_counts_for_the_client_that_sent_it_whoever_asks_meanwhile() throws Exception {
    String body = messages(10 * PER_SECOND);
    HttpClientRequest batch = request(HttpMethod.POST, "/messages", ONE);
    batch.setChunked(true);
    Future<HttpClientResponse> answer = batch.response();
    batch.write(body.substring(0, 10)).await(10, SECONDS);
    // The other client's request is the latest one on the connection.
    assertThat(status(OTHER)).isEqualTo(200);
    batch.end(body.substring(10)).await(10, SECONDS);
    assertThat(answer.await(20, SECONDS).statusCode()).isEqualTo(200);
    assertThat(status(OTHER)).isEqualTo(200);
    assertThat(status(ONE)).isEqualTo(429);
  }

  @Test
  void a_client_that_is_gone_before_its_answer_has_paid_all_the_same() throws Exception {
    HttpClientRequest batch = request(HttpMethod.POST, "/messages", ONE);
    batch.end(messages(10 * PER_SECOND)).await(10, SECONDS);
    batch.reset(8);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> RawHttp.get(node.port(), "/rooms/a/messages").body().contains("\"x\""));
    assertThat(status(OTHER)).isEqualTo(200);
    assertThat(status(ONE)).isEqualTo(429);
  }
}
