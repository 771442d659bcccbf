package io.stentor.torture;

import io.stentor.support.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** Tells whether all nodes are one server for a room: the same texts in the same places. */
final class Unity {
  private static final Duration ANSWER = Duration.ofSeconds(2);

  private final Nodes nodes;
  private final String path;
  private final Transcript transcript;
  private int attempts;
  private String obstacle = "";

  /**
   * Looks at one room.
   *
   * @param transcript where the texts that are published for this are noted
   */
  Unity(Nodes nodes, String room, Transcript transcript) {
    this.nodes = nodes;
    this.path = "/rooms/" + room;
    this.transcript = transcript;
  }

  /** What was in the way the last time; empty where nothing. */
  String obstacle() {
    return obstacle;
  }

  /** Publishes one text through each node and compares what comes back from all of them. */
  boolean isReached() {
    attempts++;
    List<Client> clients = new ArrayList<>();
    try {
      for (int place = 0; place < nodes.size(); place++) {
        clients.add(Client.connect(nodes.uri(place, path), Wire.CURSOR));
        // With the control line it has its place; from then on it misses nothing.
        clients.get(place).nextWithin(ANSWER);
      }
      Set<String> texts = new HashSet<>();
      for (int place = 0; place < nodes.size(); place++) {
        String text = new Message("unity" + place, attempts, System.nanoTime()).text();
        transcript.publishes(text);
        texts.add(text);
        clients.get(place).publish(text);
      }
      Set<Set<String>> views = new HashSet<>();
      clients.forEach(client -> views.add(view(client, texts)));
      obstacle = views.size() == 1 ? "" : "nodes differ: " + views;
    } catch (CompletionException | AssertionError notYet) {
      obstacle = notYet.toString();
    } finally {
      clients.forEach(Client::close);
    }
    return obstacle.isEmpty();
  }

  /** The frames with these texts and their places, as one client gets them. */
  private static Set<String> view(Client client, Set<String> texts) {
    Set<String> frames = new HashSet<>();
    long deadline = System.nanoTime() + ANSWER.toNanos();
    while (frames.size() < texts.size()) {
      String frame = client.nextWithin(ANSWER);
      if (texts.contains(frame.substring(frame.indexOf('\n') + 1))) {
        frames.add(frame);
      } else if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("only " + frames + " of " + texts);
      }
    }
    return frames;
  }
}
