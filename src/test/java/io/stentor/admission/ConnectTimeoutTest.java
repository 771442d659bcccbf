package io.stentor.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.stentor.message.CloseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectTimeoutTest {
  private final EmbeddedChannel channel = frozen();
  private final ConnectTimeout newcomers = new ConnectTimeout(channel.eventLoop(), 3, 8);
  private final List<String> closed = new ArrayList<>();

  private final class Somebody implements ConnectTimeout.PendingClient {
    private final String name;
    private boolean connected;
    private boolean connecting;

    Somebody(String name) {
      this.name = name;
      newcomers.add(this);
    }

    @Override
    public boolean isConnected() {
      return connected;
    }

    @Override
    public boolean isConnecting() {
      return connecting;
    }

    @Override
    public void close(CloseReason reason) {
      closed.add(name + " " + reason);
      newcomers.remove(this);
    }
  }

  private static EmbeddedChannel frozen() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    return channel;
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds * 1000; i++) {
      channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
      channel.runPendingTasks();
    }
  }

  @Test
  void who_does_not_connect_in_time_has_to_go_and_not_before() {
    new Somebody("ann");
    pass(1);
    new Somebody("bob");
    pass(2);
    assertThat(closed).isEmpty();
    pass(1);
    assertThat(closed).containsExactly("ann 3502 stale");
    pass(1);
    assertThat(closed).containsExactly("ann 3502 stale", "bob 3502 stale");
    pass(10);
    assertThat(closed).hasSize(2);
  }

  @Test
  void who_is_connected_stays() {
    new Somebody("ann").connected = true;
    pass(10);
    assertThat(closed).isEmpty();
  }

  @Test
  void who_has_asked_to_be_connected_is_not_stale_and_comes_again_where_that_takes_too_long() {
    Somebody slow = new Somebody("slow");
    Somebody late = new Somebody("late");
    Somebody refused = new Somebody("refused");
    pass(2);
    slow.connecting = true;
    late.connecting = true;
    refused.connecting = true;
    pass(5);
    assertThat(closed).isEmpty();
    late.connected = true;
    late.connecting = false;
    refused.connecting = false;
    pass(1);
    assertThat(closed).isEmpty();
    pass(1);
    assertThat(closed).containsExactly("slow 3004 internal server error", "refused 3502 stale");
    pass(20);
    assertThat(closed).hasSize(2);
  }

  @Test
  void a_client_that_is_gone_while_it_is_being_connected_is_forgotten() {
    Somebody gone = new Somebody("gone");
    gone.connecting = true;
    pass(5);
    newcomers.remove(gone);
    pass(20);
    assertThat(closed).isEmpty();
  }

  @Test
  void who_is_gone_is_not_closed_again() {
    Somebody ann = new Somebody("ann");
    new Somebody("bob");
    newcomers.remove(ann);
    newcomers.remove(ann);
    pass(10);
    assertThat(closed).containsExactly("bob 3502 stale");
  }
}
