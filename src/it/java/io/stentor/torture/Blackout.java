package io.stentor.torture;

import io.stentor.support.Client;
import io.stentor.support.HttpRoom;
import io.stentor.support.NodeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Some or all nodes, which have data directories, end and come back. Meanwhile a reader is away
 * with its position; what is removed or too old must not return.
 */
final class Blackout {
  private static final Duration START = Duration.ofSeconds(120);
  private static final int MOST_DELAY_MILLIS = 3_000;
  private static final int MOST_SECOND_BLACKOUT_MILLIS = 6_000;
  private static final int OLD_MESSAGES = 5;
  private static final String REMOVED = "-removed";

  private final Scene scene;
  private final Nodes nodes;
  private final Random random;
  private final List<Integer> all;
  private final Transcript absent = new Transcript("absent");
  private final List<String> old = new ArrayList<>();
  private @Nullable Place left;
  private @Nullable Place removed;

  private Blackout(Scene scene) {
    this.scene = scene;
    this.nodes = scene.nodes();
    this.random = scene.random();
    this.all = IntStream.range(0, nodes.size()).boxed().toList();
    scene.add(absent);
  }

  /** How nodes end. */
  enum End {
    KILL,
    TERM
  }

  /** All end at once. */
  static void all(Scene scene, End how) {
    Blackout blackout = new Blackout(scene);
    blackout.leave();
    blackout.end("all", how, blackout.all);
    blackout.startAgain(blackout.all);
    blackout.comeBack();
  }

  /** All are killed, and once more while they start. */
  static void twice(Scene scene) {
    Blackout blackout = new Blackout(scene);
    blackout.leave();
    blackout.end("all", End.KILL, blackout.all);
    blackout.start(blackout.all);
    scene.pauseUpTo(MOST_SECOND_BLACKOUT_MILLIS);
    scene.note("kill -9 of all while they start");
    blackout.nodes.end(End.KILL.name(), blackout.all);
    blackout.startAgain(blackout.all);
    blackout.comeBack();
  }

  /** All are killed, and one comes back when the others serve again. */
  static void oneLate(Scene scene) {
    Blackout blackout = new Blackout(scene);
    blackout.leave();
    blackout.end("all", End.KILL, blackout.all);
    List<Integer> order = blackout.shuffled(blackout.all);
    blackout.startAgain(order.subList(1, order.size()));
    blackout.join(order.subList(0, 1));
    blackout.comeBack();
  }

  /** One ends after the other, until none is left. */
  static void eachStops(Scene scene) {
    Blackout blackout = new Blackout(scene);
    blackout.leave();
    for (int place : blackout.shuffled(blackout.all)) {
      blackout.end("node " + place, End.TERM, List.of(place));
    }
    blackout.startAgain(blackout.all);
    blackout.comeBack();
  }

  /** All but one are killed; then perhaps this one too, before the others are back. */
  static void allButOne(Scene scene, boolean thenTheLast) {
    Blackout blackout = new Blackout(scene);
    blackout.leave();
    List<Integer> order = blackout.shuffled(blackout.all);
    List<Integer> others = order.subList(1, order.size());
    blackout.end("all but node " + order.get(0), End.KILL, others);
    scene.awaitWhole();
    if (thenTheLast) {
      scene.pauseUpTo(2_000);
      blackout.end("the last", End.KILL, order.subList(0, 1));
      blackout.startAgain(blackout.all);
    } else {
      blackout.join(others);
    }
    blackout.comeBack();
  }

  /** All are killed, and one loses its data directory; it starts first or last. */
  static void diskLost(Scene scene, boolean first) {
    Blackout blackout = new Blackout(scene);
    blackout.leave();
    blackout.end("all", End.KILL, blackout.all);
    List<Integer> order = blackout.shuffled(blackout.all);
    int lost = order.get(first ? 0 : order.size() - 1);
    scene.note("disk of node " + lost + " lost");
    blackout.nodes.disks().lose(lost);
    awaitReady(blackout.startInOrder(order));
    scene.awaitWhole();
    blackout.comeBack();
  }

  /** All are killed, and two get each other's data directory. */
  static void disksSwapped(Scene scene) {
    Blackout blackout = new Blackout(scene);
    blackout.leave();
    blackout.end("all", End.KILL, blackout.all);
    List<Integer> swapped = blackout.shuffled(blackout.all).subList(0, 2);
    scene.note("disks of " + swapped + " swapped");
    blackout.nodes.disks().swap(swapped.get(0), swapped.get(1));
    blackout.startAgain(blackout.all);
    blackout.comeBack();
  }

  /** All are killed, and one gets a copy of its data directory that was made while it ran. */
  static void diskCopied(Scene scene) {
    Blackout blackout = new Blackout(scene);
    int place = scene.anyNode();
    blackout.nodes.disks().copy(place);
    scene.pauseUpTo(3_000);
    blackout.leave();
    blackout.end("all", End.KILL, blackout.all);
    scene.note("disk of node " + place + " replaced by its copy");
    blackout.nodes.disks().useCopy(place);
    blackout.startAgain(blackout.all);
    blackout.comeBack();
  }

  /**
   * One is away while the others go on, remove messages and let some grow too old; then it comes
   * back to them, or all others are killed too and all come back.
   */
  static void diskStale(Scene scene, boolean othersEnd) {
    Blackout blackout = new Blackout(scene);
    blackout.publishOld();
    List<Integer> order = blackout.shuffled(blackout.all);
    List<Integer> others = order.subList(1, order.size());
    End how = blackout.random.nextBoolean() ? End.KILL : End.TERM;
    blackout.end("node " + order.get(0), how, order.subList(0, 1));
    scene.awaitWhole();
    blackout.forget(others.get(0));
    blackout.leave();
    if (othersEnd) {
      blackout.end("the others", End.KILL, others);
      blackout.startAgain(blackout.all);
    } else {
      blackout.join(order.subList(0, 1));
    }
    blackout.comeBack();
    blackout.checkForgotten();
  }

  private List<Integer> shuffled(List<Integer> places) {
    List<Integer> order = new ArrayList<>(places);
    Collections.shuffle(order, random);
    return order;
  }

  private void end(String who, End how, List<Integer> places) {
    scene.begin(how + " of " + who, () -> nodes.end(how.name(), places));
  }

  /** In any order, with any delays. Notes how long service took to be whole since the end. */
  private void startAgain(List<Integer> places) {
    awaitReady(start(places));
    scene.awaitWhole();
  }

  /** The same where others serve; notes how long service took to be whole since the start. */
  private void join(List<Integer> places) {
    List<NodeProcess> started = start(places);
    scene.begin("start of the rest", () -> awaitReady(started));
    scene.awaitWhole();
  }

  private static void awaitReady(List<NodeProcess> started) {
    started.forEach(node -> node.awaitReady(START));
  }

  private List<NodeProcess> start(List<Integer> places) {
    return startInOrder(shuffled(places));
  }

  private List<NodeProcess> startInOrder(List<Integer> order) {
    scene.note("starts in the order " + order);
    List<NodeProcess> started = new ArrayList<>();
    for (int place : order) {
      started.add(nodes.start(place));
      scene.pauseUpTo(MOST_DELAY_MILLIS);
    }
    return started;
  }

  /** A reader takes a message, and goes. */
  private void leave() {
    try (Client client = connect(null)) {
      while (!(take(client) instanceof Event.Heard heard && isTalk(heard))) {
        // It is told where it is first.
      }
    }
  }

  private static boolean isTalk(Event.Heard heard) {
    return Message.parse(heard.text()) != null;
  }

  /** It comes back and reads everything until now, if it is not told that this is lost. */
  private void comeBack() {
    long now = System.nanoTime();
    try (Client client = connect(left)) {
      while (true) {
        if (take(client) instanceof Event.Heard heard) {
          Message message = Message.parse(heard.text());
          if (message != null && message.nanos() - now > 0) {
            break;
          }
        }
      }
    } catch (CompletionException | AssertionError e) {
      scene.found(
          new Violation(Violation.Kind.NOT_WHOLE, "the absent reader at " + left + ": " + e));
    }
    absent.leave();
  }

  private Client connect(@Nullable Place since) {
    String query = since == null ? "" : "?since=" + since;
    List<Integer> alive = all.stream().filter(place -> nodes.process(place).isAlive()).toList();
    int place = alive.get(random.nextInt(alive.size()));
    Client client = Client.connect(nodes.uri(place, "/rooms/" + scene.room() + query), Wire.CURSOR);
    absent.add(Event.Asked.now(since));
    return client;
  }

  private Event take(Client client) {
    Event event = Wire.read(client.next());
    absent.add(event);
    if (event instanceof Event.Placed placed) {
      left = placed.at();
    } else if (event instanceof Event.Heard heard) {
      left = heard.at();
    }
    return event;
  }

  private List<String> forgetful() {
    return List.of(scene.room() + REMOVED, scene.room() + Disks.AGED);
  }

  private void publishOld() {
    for (String room : forgetful()) {
      for (int i = 0; i < OLD_MESSAGES; i++) {
        String text = "old " + i + " of " + room;
        old.add(text);
        require(at(all.get(0), room).publish(text).status() == 201, text);
      }
    }
  }

  /** Removes the messages of one room, lets those of another grow too old, and publishes new. */
  private void forget(int place) {
    Scene.pause(Duration.ofSeconds(Disks.AGE_SECONDS + 1));
    int port = nodes.process(place).port();
    String room = scene.room() + REMOVED;
    removed = new Place(at(place, room).read("").json().getString("epoch"), 1);
    nodes.disks().api(port).result("history_remove", "{\"channel\":\"" + room + "\"}");
    require(at(place, room).publish("new").status() == 201, "new");
  }

  private HttpRoom at(int place, String room) {
    return HttpRoom.at(nodes.address(place), room);
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalStateException("not published: " + what);
    }
  }

  private void checkRemoved(int place, String room, List<Object> kept) {
    if (!kept.contains("new")) {
      scene.found(new Violation(Violation.Kind.MISSING, "\"new\" in " + room + ": " + kept));
    }
    if (at(place, room).read("?since=" + removed).json().getBoolean("recovered")) {
      String what = "on node " + place + " in " + room + " from " + removed;
      scene.found(new Violation(Violation.Kind.HOLE, what));
    }
  }

  private void checkForgotten() {
    for (int place : all) {
      for (String room : forgetful()) {
        List<Object> kept = new ArrayList<>(at(place, room).read("?limit=1000").contents());
        if (room.endsWith(REMOVED)) {
          checkRemoved(place, room, kept);
        }
        kept.retainAll(old);
        if (!kept.isEmpty()) {
          String what = kept + " on node " + place + " in " + room;
          scene.found(new Violation(Violation.Kind.RETURNED, what));
        }
      }
    }
  }
}
