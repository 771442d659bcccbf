package io.stentor.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stentor.support.Ports;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class HostPortTest {
  private static final String HOST = "127.0.0.1";
  private final int port = Ports.free();

  private void check() {
    new HostPort(HOST, port).requireFree("--port");
  }

  @Test
  void an_address_that_is_checked_takes_no_connections() {
    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<Void> checking =
        CompletableFuture.runAsync(
            () -> {
              while (!enough.get()) {
                check();
              }
            });
    try {
      for (int i = 0; i < 2000; i++) {
        assertThatThrownBy(() -> new Socket(HOST, port).close())
            .isInstanceOf(ConnectException.class);
      }
    } finally {
      enough.set(true);
    }
    checking.join();
  }

  @Test
  void an_address_is_free_while_connections_of_an_earlier_server_are_closing() throws IOException {
    try (ServerSocket server = new ServerSocket()) {
      server.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
      try (Socket client = new Socket(HOST, port)) {
        server.accept().close();
        client.getInputStream().read();
      }
    }
    assertThatCode(this::check).doesNotThrowAnyException();
  }
}
