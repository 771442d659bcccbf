package io.stentor.torture;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * Clients of one room that change nodes and transports all the time, so also from one side of a
 * split to the other, and publishers by POST that try another node when one does not answer. One
 * thread.
 */
final class Guests implements AutoCloseable {
  private static final int LISTENERS = 6;
  private static final int PUBLISHERS = 2;
  private static final int MOVES = 30;
  private static final int EVERY_MILLIS = 500;

  private final List<String> addresses;
  private final String room;
  private final Random random;
  private final HttpPublishers publishers;
  private final List<Transcript> listening = new ArrayList<>();
  private final List<Transcript> publishing = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile boolean publishes = true;

  Guests(Nodes nodes, String room, long seed) {
    this.addresses = IntStream.range(0, nodes.size()).mapToObj(nodes::address).toList();
    this.room = room;
    this.random = new Random(seed);
    this.publishers = new HttpPublishers(room, status -> status >= 500);
  }

  /** The first of them come. */
  void come() {
    listen();
    for (int i = 0; i < PUBLISHERS; i++) {
      Transcript transcript = new Transcript("poster" + i);
      publishing.add(transcript);
      Random dice = new Random(random.nextLong());
      threads.execute(() -> publish(transcript, dice));
    }
  }

  /** Half of those who listen leave, and others come. */
  void change() {
    listening.stream()
        .filter(guest -> !guest.hasLeft())
        .skip(LISTENERS / 2)
        .forEach(Transcript::leave);
    listen();
  }

  private void listen() {
    while (listening.stream().filter(guest -> !guest.hasLeft()).count() < LISTENERS) {
      Transcript transcript = new Transcript("guest" + listening.size());
      listening.add(transcript);
      threads.execute(new Wanderer(transcript, addresses, room, "", MOVES, random.nextLong()));
    }
  }

  private void publish(Transcript transcript, Random dice) {
    try {
      while (publishes) {
        publishers.publishNext(transcript, addresses, dice);
        Thread.sleep(dice.nextInt(2 * EVERY_MILLIS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** No publisher begins another text. */
  void stopPublishing() {
    publishes = false;
  }

  /** What all of them did and saw. */
  List<Transcript> transcripts() {
    List<Transcript> all = new ArrayList<>(listening);
    all.addAll(publishing);
    return all;
  }

  /** All who listen leave. */
  void leave() {
    listening.forEach(Transcript::leave);
  }

  @Override
  public void close() {
    publishes = false;
    leave();
    threads.shutdownNow();
  }
}
