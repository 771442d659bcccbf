package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.history.History;
import io.stentor.history.LocalHistory;
import io.stentor.support.Client;
import io.stentor.support.HttpRoom;
import io.stentor.support.TestEndpoints;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What publishers notice on a side of a split cluster that is configured to refuse messages. */
class MinorityTest {
  private final LocalHistory logs = new LocalHistory(System::currentTimeMillis);
  private final CountDownLatch refused = new CountDownLatch(1);
  private volatile boolean majority;

  /** The logs, to which nothing can be appended without a majority. */
  private History history() {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          switch (method.getName()) {
            case "isWritable":
              return majority;
            case "append":
              if (!majority) {
                refused.countDown();
                return Future.failedFuture(new History.MinorityException());
              }
              break;
            default:
              break;
          }
          return method.invoke(logs, arguments);
        };
    Class<?>[] types = {History.class};
    return (History) Proxy.newProxyInstance(getClass().getClassLoader(), types, handler);
  }

  @Test
  void http_publishers_are_told_and_websockets_wait_until_the_majority_is_back()
      throws InterruptedException {
    try (TestEndpoints server = new TestEndpoints(new JsonObject(), history());
        Client client = Client.connect(server.port(), "/rooms/split")) {
      HttpRoom room = HttpRoom.at(server.port(), "split");
      HttpRoom.Answer answer = room.publish("by HTTP");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isNotEmpty();
      assertThat(answer.problem()).contains("unavailable");
      assertThat(answer.json().getString("detail")).contains("until most nodes are back");
      client.publish("by WebSocket");
      refused.await();
      assertThat(room.read("").contents()).isEmpty();
      majority = true;
      assertThat(client.next()).isEqualTo("by WebSocket");
      assertThat(room.publish("again").status()).isEqualTo(201);
      assertThat(client.next()).isEqualTo("again");
    }
  }
}
