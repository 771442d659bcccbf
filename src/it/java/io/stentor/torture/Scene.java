package io.stentor.torture;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What a fault works on: the nodes, who is on them, and a clock for service being whole again. */
final class Scene {
  /** Longer than any failure detection takes. */
  static final Duration LONG = Duration.ofSeconds(15);

  /** Long enough for many steps and retries. */
  private static final Duration FAULTY = Duration.ofSeconds(8);

  private static final int FLAPS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Nodes nodes;
  private final String room;
  private final List<Participant> participants;
  private final BackToWhole whole;
  private final Random random;
  private final Owner owners;
  private final int owner;
  private final Runnable beforeMending;
  private final List<String> story = new ArrayList<>();
  private final List<Transcript> others = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();
  private final Map<String, Duration> times = new LinkedHashMap<>();

  /**
   * Creates a scene for one room.
   *
   * @param beforeMending called just before something that was broken for a while is mended
   */
  Scene(
      Nodes nodes,
      Owner owners,
      String room,
      List<Participant> participants,
      BackToWhole whole,
      Random random,
      Runnable beforeMending) {
    this.nodes = nodes;
    this.room = room;
    this.participants = participants;
    this.whole = whole;
    this.random = random;
    this.owners = owners;
    this.owner = owners.of(room);
    this.beforeMending = beforeMending;
  }

  Nodes nodes() {
    return nodes;
  }

  Random random() {
    return random;
  }

  String room() {
    return room;
  }

  int owner() {
    return owner;
  }

  int eldest() {
    return owners.eldest();
  }

  int youngest() {
    return owners.youngest();
  }

  int publishersNode() {
    return participants.get(0).node();
  }

  int listenersNode() {
    return participants.get(participants.size() - 1).node();
  }

  int anyNode() {
    return random.nextInt(nodes.size());
  }

  /** What was done and how long service took to be whole after each step. */
  List<String> story() {
    return List.copyOf(story);
  }

  /** Adds a client of the room. */
  void add(Transcript transcript) {
    others.add(transcript);
  }

  /** Clients of the room that came with the fault. */
  List<Transcript> others() {
    return List.copyOf(others);
  }

  /** Notes a broken promise. */
  void found(Violation violation) {
    violations.add(violation);
  }

  /** Broken promises that the transcripts do not show. */
  List<Violation> violations() {
    return List.copyOf(violations);
  }

  /** Notes what is done, before the step that is done last. */
  void note(String what) {
    story.add(Math.max(0, story.size() - 1), what);
  }

  /** How long service took to be whole after each step that has a name of its own. */
  Map<String, Duration> times() {
    return Map.copyOf(times);
  }

  /** Does a step; its clock begins when it is done. */
  void begin(String step, Runnable action) {
    story.add(step);
    action.run();
    whole.begin();
  }

  /** Waits until service is whole after the last step. Returns whether it became so. */
  boolean awaitWhole() {
    Duration took = whole.await(PATIENCE);
    noteWhole(took);
    return took != null;
  }

  private void noteWhole(@Nullable Duration took) {
    String last = story.remove(story.size() - 1);
    story.add(last + ": " + (took == null ? "not whole" : "whole after " + seconds(took)));
    if (took != null) {
      times.put(last.replaceAll(" (of|but) node.*", ""), took);
    }
  }

  private static String seconds(Duration time) {
    return String.format("%.2f s", time.toMillis() / 1000.0);
  }

  void killAndReplace(int place) {
    begin("kill -9 of " + name(place), () -> nodes.process(place).kill9());
    awaitWhole();
    nodes.replace(place);
  }

  void leaveAndReplace(int place) {
    begin("leave of " + name(place), () -> nodes.process(place).stop());
    awaitWhole();
    nodes.replace(place);
  }

  void rollingRestart() {
    for (int place = 0; place < nodes.size(); place++) {
      leaveAndReplace(place);
    }
  }

  void freeze(int place, Duration time) {
    breakFor(
        time,
        "freeze of " + name(place),
        () -> nodes.process(place).freeze(),
        "thaw",
        () -> nodes.process(place).thaw());
  }

  void cut(int place, Duration time) {
    breakFor(
        time,
        "cut of " + name(place),
        () -> nodes.network().cut(place),
        "heal",
        () -> nodes.network().heal());
  }

  /** Two nodes lose each other; a third still reaches both. */
  void cutPair(Duration time) {
    int one = anyNode();
    int other = otherThan(one);
    breakFor(
        time,
        "partial cut of " + name(one) + " and " + name(other),
        () -> nodes.network().cut(one, other),
        "heal",
        () -> nodes.network().heal());
  }

  /** A node reaches no other one, or no other one reaches it. */
  void cutOneWay(int place, Duration time) {
    boolean mute = random.nextBoolean();
    breakFor(
        time,
        (mute ? "muting" : "deafening") + " of " + name(place),
        () -> {
          for (int other = 0; other < nodes.size(); other++) {
            if (other != place) {
              nodes.network().cutOneWay(mute ? place : other, mute ? other : place);
            }
          }
        },
        "heal",
        () -> nodes.network().heal());
  }

  /** A node is cut off and back several times, for less and for more than detection takes. */
  void flap(int place) {
    begin("flapping of " + name(place), () -> {});
    try {
      for (int i = 0; i < FLAPS; i++) {
        nodes.network().cut(place);
        pause(500 + random.nextInt(8_000));
        nodes.network().heal();
        pause(500 + random.nextInt(3_000));
      }
      nodes.network().cut(place);
      pause(500 + random.nextInt(8_000));
      noteWhole(null);
      beforeMending.run();
    } finally {
      begin("heal", () -> nodes.network().heal());
    }
    awaitWhole();
  }

  private static void pause(int millis) {
    pause(Duration.ofMillis(millis));
  }

  /** Lets everything go on for so long. */
  static void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    await().atMost(PATIENCE).until(() -> System.nanoTime() - end >= 0);
  }

  /** The same for less than so many milliseconds. */
  void pauseUpTo(int millis) {
    pause(random.nextInt(millis));
  }

  private int otherThan(int place) {
    return (place + 1 + random.nextInt(nodes.size() - 1)) % nodes.size();
  }

  /** The owner dies while steps towards the copies are faulty. */
  void faultyBackups() {
    begin("faulty backups", () -> nodes.faultyBackups(true));
    try {
      awaitUntil(System.nanoTime() + FAULTY.toNanos());
      begin("kill -9 of " + name(owner), () -> nodes.process(owner).kill9());
    } finally {
      nodes.faultyBackups(false);
    }
    awaitWhole();
    nodes.replace(owner);
  }

  /** The owner's clock is set ahead and back. */
  void stepClock() {
    breakFor(
        FAULTY,
        "clock of " + name(owner) + " ahead",
        () -> nodes.clocks().step(owner),
        "clock back",
        () -> nodes.clocks().reset(owner));
  }

  private void breakFor(
      Duration time, String breaking, Runnable breakIt, String mending, Runnable mendIt) {
    begin(breaking, breakIt);
    try {
      awaitUntil(System.nanoTime() + time.toNanos());
      beforeMending.run();
    } finally {
      begin(mending, mendIt);
    }
    awaitWhole();
  }

  /** Notes whether service is whole before this moment, and waits for the moment. */
  private void awaitUntil(long nanos) {
    noteWhole(whole.await(Duration.ofNanos(nanos - System.nanoTime())));
    await().atMost(PATIENCE).until(() -> System.nanoTime() - nanos >= 0);
  }

  private String name(int place) {
    return "node " + place + (place == owner ? " (owner)" : "");
  }
}
