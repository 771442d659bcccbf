package io.stentor.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.history.History;
import io.stentor.history.History.Unwritable;
import io.stentor.history.History.UnwritableException;
import io.stentor.history.LocalHistory;
import io.stentor.support.Client;
import io.stentor.support.HttpRoom;
import io.stentor.support.TestEndpoints;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What publishers notice while nothing can be appended to a log. */
class UnwritableTest {
  private final LocalHistory logs = new LocalHistory(System::currentTimeMillis);
  private final CountDownLatch refused = new CountDownLatch(1);
  private volatile Unwritable reason;

  /** The logs, to which nothing can be appended while there is a reason. */
  private History history() {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          Unwritable now = reason;
          switch (method.getName()) {
            case "unwritable":
              return now;
            case "append":
              if (now != null) {
                refused.countDown();
                return Future.failedFuture(new UnwritableException(now));
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

  @ParameterizedTest
  @CsvSource({
    "MINORITY, unavailable, until most nodes are back",
    "DATA_DIRECTORY, data-directory, cannot write to its data directory",
  })
  void http_publishers_are_told_and_websockets_wait_until_the_log_accepts_messages(
      Unwritable why, String type, String detail) throws InterruptedException {
    reason = why;
    try (TestEndpoints server = new TestEndpoints(new JsonObject(), history());
        Client client = Client.connect(server.port(), "/rooms/split")) {
      HttpRoom room = HttpRoom.at(server.port(), "split");
      HttpRoom.Answer answer = room.publish("by HTTP");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isNotEmpty();
      assertThat(answer.problem()).contains(type);
      assertThat(answer.json().getString("detail")).contains(detail);
      client.publish("by WebSocket");
      refused.await();
      assertThat(room.read("").contents()).isEmpty();
      reason = null;
      assertThat(client.next()).isEqualTo("by WebSocket");
      assertThat(room.publish("again").status()).isEqualTo(201);
      assertThat(client.next()).isEqualTo("again");
    }
  }
}
