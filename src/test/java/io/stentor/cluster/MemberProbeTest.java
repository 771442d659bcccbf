package io.stentor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MemberProbeTest {
  private static final long PLENTY_MILLIS = 30_000;

  private final List<ServerSocket> servers = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (ServerSocket server : servers) {
      server.close();
    }
  }

  private InetSocketAddress silent() throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    servers.add(server);
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** Accepts one connection, reads a greeting of three bytes and replies. */
  private InetSocketAddress replying(String reply) throws IOException {
    InetSocketAddress address = silent();
    ServerSocket server = servers.get(servers.size() - 1);
    Thread thread =
        new Thread(
            () -> {
              try (Socket socket = server.accept()) {
                if ("HZC".equals(new String(socket.getInputStream().readNBytes(3)))) {
                  socket.getOutputStream().write(reply.getBytes(StandardCharsets.US_ASCII));
                }
              } catch (IOException e) {
                // The test ends.
              }
            });
    thread.setDaemon(true);
    thread.start();
    return address;
  }

  private InetSocketAddress closed() throws IOException {
    InetSocketAddress address = silent();
    servers.remove(servers.size() - 1).close();
    return address;
  }

  /** All of these end by themselves, so that the time is not used up. */
  @Test
  @Timeout(PLENTY_MILLIS / 2000)
  void finds_members_among_addresses_that_refuse_close_or_say_something_else() throws IOException {
    InetSocketAddress one = replying("HZC");
    InetSocketAddress two = replying("HZCmore");
    List<InetSocketAddress> candidates =
        List.of(closed(), replying("220"), one, replying(""), replying("HZ"), two);
    assertThat(MemberProbe.answering(candidates, PLENTY_MILLIS))
        .containsExactlyInAnyOrder(one, two);
  }

  @Test
  void an_address_that_accepts_and_stays_silent_does_not_answer() throws IOException {
    InetSocketAddress member = replying("HZC");
    assertThat(MemberProbe.answering(List.of(silent(), member, silent()), 500))
        .containsExactly(member);
  }

  @Test
  void nothing_is_found_without_candidates() throws IOException {
    assertThat(MemberProbe.answering(List.of(), PLENTY_MILLIS)).isEmpty();
  }
}
