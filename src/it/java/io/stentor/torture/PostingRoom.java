package io.stentor.torture;

import io.stentor.support.HttpRoom;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The publishers by POST of one room, which try another node when one takes nothing. One thread.
 */
final class PostingRoom {
  private static final int UNAVAILABLE = 503;
  private static final int PATIENCE_SECONDS = 60;

  private final String name;
  private final List<String> addresses;
  private final Random random;
  private final HttpPublishers publishers;
  private final List<Transcript> sent = new ArrayList<>();
  private final List<Future<?>> tasks = new ArrayList<>();

  /** A room without publishers. */
  PostingRoom(String name, List<String> addresses, long seed) {
    this.name = name;
    this.addresses = addresses;
    this.random = new Random(seed);
    this.publishers = new HttpPublishers(name, status -> status == UNAVAILABLE);
  }

  String name() {
    return name;
  }

  /** One more publisher, who begins at once. */
  void publish(String publisher, int everyMillis, ScheduledExecutorService threads) {
    Transcript transcript = new Transcript(publisher);
    Random dice = new Random(random.nextLong());
    sent.add(transcript);
    tasks.add(
        threads.scheduleWithFixedDelay(
            () -> publishers.publishNext(transcript, addresses, dice),
            random.nextInt(everyMillis),
            everyMillis,
            TimeUnit.MILLISECONDS));
  }

  /**
   * No publisher begins another text.
   *
   * @throws AssertionError where one of them has failed
   */
  void stop() {
    for (Future<?> task : tasks) {
      task.cancel(false);
      try {
        // A task that repeats is done before it is cancelled only when it has failed.
        task.get();
      } catch (CancellationException e) {
        // As it should be.
      } catch (ExecutionException e) {
        throw new AssertionError("a publisher failed", e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /** Publishes one more text, and returns it when it is acknowledged. */
  String publishOne() {
    Transcript transcript = new Transcript("single" + sent.size());
    sent.add(transcript);
    CompletableFuture.runAsync(() -> publishers.publishNext(transcript, addresses, random))
        .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .join();
    return transcript.published().iterator().next();
  }

  /** The names of its members, in order, as the node in this place lists them. */
  List<String> members(int place) {
    HttpRoom room = HttpRoom.at(addresses.get(place), name);
    JsonArray members = room.get("/rooms/" + name + "/members").json().getJsonArray("members");
    return IntStream.range(0, members.size())
        .mapToObj(i -> members.getJsonObject(i).getString("user"))
        .sorted()
        .toList();
  }

  /** All texts that were sent. */
  Set<String> published() {
    Set<String> all = new HashSet<>();
    sent.forEach(transcript -> all.addAll(transcript.published()));
    return all;
  }

  /** Where each acknowledged text is, as it was said. */
  Map<String, String> positions() {
    return publishers.positions();
  }

  /** The room's log, from its first text on. */
  List<String> log() {
    return publishers.log(addresses.get(0));
  }
}
