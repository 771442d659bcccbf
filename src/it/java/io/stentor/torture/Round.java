package io.stentor.torture;

import static org.awaitility.Awaitility.await;

import io.stentor.support.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** One round: clients join a new room, publish and listen, a fault strikes, and all is checked. */
final class Round {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Nodes that were apart serve again before their logs are merged. */
  private static final Duration MERGE = Duration.ofSeconds(10);

  private static final long SILENCE_CHECK_MILLIS = 250;

  private final Nodes nodes;
  private final Owner owner;
  private final Crowd crowd;
  private final Fault fault;
  private final Random random;
  private final String room;
  private final BackToWhole whole;
  private final List<Participant> participants = new ArrayList<>();
  private final Transcript extra = new Transcript("extra");
  private final Transcript reader = new Transcript("reader");
  private final Guests guests;
  private final Map<String, Duration> times = new HashMap<>();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
  private @Nullable Scene scene;

  /**
   * How many clients there are and what they do.
   *
   * @param publishers how many publish and listen
   * @param listeners how many only listen
   * @param everyMillis how often each publisher publishes
   */
  record Crowd(int publishers, int listeners, long everyMillis) {}

  /** What came out, with all that is needed to look into it. */
  record Result(
      Fault fault,
      List<String> story,
      Map<String, Duration> times,
      Verdict verdict,
      List<Transcript> transcripts) {}

  Round(Nodes nodes, Owner owner, Crowd crowd, Fault fault, String room, long seed) {
    this.nodes = nodes;
    this.owner = owner;
    this.crowd = crowd;
    this.fault = fault;
    this.room = room;
    this.random = new Random(seed);
    this.guests = new Guests(nodes, room, random.nextLong());
    this.whole = new BackToWhole(crowd.publishers + crowd.listeners);
  }

  /** Runs it to its end. */
  Result run() {
    try {
      join();
      scene = new Scene(nodes, owner, room, participants, whole, random, guests::change);
      talk();
      scene.begin("start", () -> {});
      scene.awaitWhole();
      talkFor(Duration.ofMillis(500 + random.nextInt(1_500)));
      fault.strike(scene);
      List<String> story = new ArrayList<>(scene.story());
      story.add(awaitUnity());
      times.putAll(scene.times());
      if (fault.epochMayChange(nodes.size())) {
        talkFor(MERGE);
      }
      String last = end();
      return new Result(fault, story, times, judge(last), transcripts());
    } finally {
      guests.close();
      participants.forEach(Participant::close);
      timer.shutdownNow();
    }
  }

  private void join() {
    for (int i = 0; i < crowd.publishers + crowd.listeners; i++) {
      String name = (i < crowd.publishers ? "publisher" : "listener") + i;
      Transcript transcript = new Transcript(name);
      Participant participant =
          new Participant(transcript, nodes, room, whole, timer, random.nextLong());
      participants.add(participant);
      participant.join(i % nodes.size());
    }
    await().atMost(PATIENCE).until(() -> participants.stream().allMatch(Participant::isPlaced));
  }

  private void talk() {
    participants.subList(0, crowd.publishers).forEach(p -> p.publishEvery(crowd.everyMillis));
    timer.scheduleAtFixedRate(
        () -> participants.forEach(Participant::leaveSilence),
        SILENCE_CHECK_MILLIS,
        SILENCE_CHECK_MILLIS,
        TimeUnit.MILLISECONDS);
    guests.come();
  }

  private void talkFor(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    await()
        .pollInterval(Duration.ofMillis(1))
        .atMost(PATIENCE)
        .until(() -> System.nanoTime() - end >= 0);
  }

  private String awaitUnity() {
    long begin = System.nanoTime();
    Unity unity = new Unity(nodes, room, extra);
    try {
      await()
          .pollInterval(Duration.ofMillis(200))
          .atMost(PATIENCE)
          .until(() -> unity.isReached() && owner.isSpread());
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      times.put("one cluster", took);
      return String.format("one cluster after %.1f s", took.toMillis() / 1e3);
    } catch (ConditionTimeoutException e) {
      String why = unity.obstacle().isEmpty() ? "shares " + owner.share() : unity.obstacle();
      return "NOT one cluster after " + PATIENCE.toSeconds() + " s: " + why;
    }
  }

  /** Stops publishing and publishes a last text that everybody has to get. Returns it. */
  private String end() {
    participants.forEach(Participant::stopPublishing);
    guests.stopPublishing();
    String last = "";
    for (int attempt = 1; attempt <= 6; attempt++) {
      whole.begin();
      last = new Message("last", attempt, System.nanoTime()).text();
      for (Participant participant : participants) {
        if (participant.publish(last)) {
          break;
        }
      }
      if (whole.await(Duration.ofSeconds(5)) != null) {
        return last;
      }
    }
    return last;
  }

  private Verdict judge(String last) {
    guests.leave();
    List<Transcript> all = new ArrayList<>(transcripts().stream().map(Transcript::copy).toList());
    List<String> log = readLog();
    all.add(reader);
    return Checker.check(all, log, last, fault.epochMayChange(nodes.size()))
        .with(scene.violations());
  }

  private List<Transcript> transcripts() {
    List<Transcript> all = new ArrayList<>();
    participants.forEach(participant -> all.add(participant.transcript()));
    all.add(extra);
    all.addAll(scene.others());
    all.addAll(guests.transcripts());
    return all;
  }

  /** All texts in the room's log, by a client that comes after everything; as many as come. */
  private List<String> readLog() {
    String path = "/rooms/" + room + "?last=1000000";
    List<String> texts = new ArrayList<>();
    reader.add(Event.Asked.now(null));
    try (Client client =
        Client.connect(nodes.uri(random.nextInt(nodes.size()), path), Wire.CURSOR)) {
      String seal = "sealed at " + System.nanoTime();
      client.publish(seal);
      while (true) {
        Event event = Wire.read(client.next());
        if (event instanceof Event.Heard heard && heard.text().equals(seal)) {
          break;
        } else if (event instanceof Event.Heard heard) {
          texts.add(heard.text());
        }
        reader.add(event);
      }
    } catch (CompletionException | AssertionError broken) {
      texts.add("the log cannot be read to its end: " + broken);
    }
    return texts;
  }
}
