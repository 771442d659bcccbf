package io.stentor.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Some clients of one room that passes text through, on any nodes. Each client is known by its
 * number in the order of joining. One thread at a time.
 */
public final class Chat implements AutoCloseable {
  private final String path;
  private final List<Client> clients = new ArrayList<>();
  private int round;

  /** A chat in this room, with nobody in it. */
  public Chat(String room) {
    path = "/rooms/" + room;
  }

  /** One more client, at this node. */
  public Client join(NodeProcess node) {
    Client client = Client.connect(node.port(), path);
    clients.add(client);
    return client;
  }

  /** Takes this client out of the chat and cuts its connection. */
  public void drop(Client client) {
    clients.remove(client);
    client.close();
  }

  /**
   * Publishes by every client, again and again, until every client has heard every client; what was
   * published before is read away. News of a join spreads over a cluster with delay.
   */
  public void settle() {
    List<Set<String>> heard = new ArrayList<>();
    clients.forEach(client -> heard.add(new HashSet<>()));
    await("everyone hears everyone")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              publishOneEach("hello");
              for (int i = 0; i < clients.size(); i++) {
                readAway(clients.get(i), heard.get(i));
              }
              return heard.stream().allMatch(names -> names.size() == clients.size());
            });
    round++;
    publishOneEach("settled in round " + round);
    clients.forEach(client -> readUntilSettled(client));
  }

  /**
   * Publishes this many texts by each client and asserts that every client gets every one, once,
   * the texts of one client in their order.
   */
  public void everyoneHearsEveryone(int each) {
    for (int text = 0; text < each; text++) {
      publishOneEach("text " + text);
    }
    for (Client client : clients) {
      List<String> got = client.next(each * clients.size());
      for (int from = 0; from < clients.size(); from++) {
        String sender = from + ": ";
        List<String> expected = new ArrayList<>();
        for (int text = 0; text < each; text++) {
          expected.add(sender + "text " + text);
        }
        assertThat(got).filteredOn(text -> text.startsWith(sender)).isEqualTo(expected);
      }
    }
  }

  /** Cuts every client's connection. */
  @Override
  public void close() {
    clients.forEach(Client::close);
  }

  private void publishOneEach(String text) {
    for (int i = 0; i < clients.size(); i++) {
      clients.get(i).publish(i + ": " + text);
    }
  }

  private static void readAway(Client client, Set<String> names) {
    String text = client.poll(Duration.ofMillis(1));
    while (text != null) {
      if (text.endsWith(": hello")) {
        names.add(text);
      }
      text = client.poll(Duration.ofMillis(1));
    }
  }

  private void readUntilSettled(Client client) {
    Set<String> settled = new HashSet<>();
    while (settled.size() < clients.size()) {
      String text = client.next();
      if (text.endsWith(": settled in round " + round)) {
        settled.add(text);
      }
    }
  }
}
