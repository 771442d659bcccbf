package io.stentor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.http.ProblemType;
import io.stentor.support.ContractDocument;
import io.stentor.support.LineStream;
import io.stentor.support.PostingClient;
import io.stentor.support.RawHttp;
import io.stentor.support.TestEndpoints;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class DrainingTest {

  @Test
  void a_request_under_way_is_answered_and_what_comes_then_is_refused() {
    String post = "POST /rooms/tea/messages HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n";
    try (TestEndpoints endpoints = new TestEndpoints(new JsonObject());
        RawHttp http = new RawHttp(endpoints.port())) {
      http.send(post + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      assertThat(http.answer().status()).isEqualTo(100);

      endpoints.onLoop(
          () -> {
            endpoints.get().refuse();
            return true;
          });

      assertThat(http.send("hello").answer().status()).isEqualTo(201);
      RawHttp.Answer refused = http.send(post + "Content-Length: 5\r\n\r\nhello").answer();
      ContractDocument.read().assertDescribes("POST", "/rooms/tea/messages", refused);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.body()).contains(ProblemType.DRAINING.urn());
      assertThat(refused.header("retry-after")).isEqualTo("2");
    }
  }

  @Test
  void who_has_a_stream_may_go_on_until_it_is_sent_away() {
    try (TestEndpoints endpoints = new TestEndpoints(new JsonObject());
        PostingClient client = new PostingClient(endpoints.port(), "/connection/http_stream")) {
      endpoints.onLoop(
          () -> {
            endpoints.get().refuse();
            return true;
          });
      client.subscribe(2, "tea");
      String another = LineStream.request("POST", "/connection/http_stream", "{}");
      assertThat(PostingClient.exchange(endpoints.port(), another).status()).isEqualTo(503);
      endpoints.onLoop(() -> endpoints.get().disconnectClients(0, Future.succeededFuture()));
      client.stream().expectDisconnect(3001);
    }
  }
}
