package io.stentor.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stentor.support.FakeNode;
import io.stentor.support.ReverseProxy;
import io.stentor.support.TlsTunnel;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Everything of {@link ProxyContract} with HAProxy, which asks nodes for their health too. */
class HaproxyIT extends ProxyContract {
  private static final Duration CHECKED = Duration.ofSeconds(6);

  @Override
  ReverseProxy start(int... nodes) {
    return ReverseProxy.haproxy(nodes);
  }

  @Test
  void a_node_that_is_not_ready_gets_nothing_new_and_gets_it_again_once_it_is() {
    try (FakeNode one = new FakeNode("one");
        FakeNode two = new FakeNode("two");
        ReverseProxy proxy = start(one.port(), two.port());
        TlsTunnel tunnel = new TlsTunnel(proxy.port(), "127.0.0.1")) {
      assertThat(whoAnswers(tunnel.port())).isEqualTo(Set.of("one", "two"));
      one.setReady(false);
      await().atMost(CHECKED).until(() -> whoAnswers(tunnel.port()).equals(Set.of("two")));
      one.setReady(true);
      await().atMost(CHECKED).until(() -> whoAnswers(tunnel.port()).contains("one"));
    }
  }
}
