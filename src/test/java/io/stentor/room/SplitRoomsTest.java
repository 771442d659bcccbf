package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.cluster.FakeConsumer;
import io.stentor.config.RoomOptions;
import io.stentor.history.Appended;
import io.stentor.history.Batch;
import io.stentor.history.Branch;
import io.stentor.history.Epochs;
import io.stentor.history.History;
import io.stentor.history.LogSummary;
import io.stentor.history.Page;
import io.stentor.history.RoomLog;
import io.stentor.history.Splits;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Counts.Timings;
import io.stentor.room.Cursor.Start;
import io.stentor.room.RoomBus.Broadcast;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/**
 * Two nodes that lose each other again and again, and readers that change sides at any time. The
 * first node is on the side that usually keeps the epoch. Checks what each reader is sent against
 * what the logs of both sides had.
 */
class SplitRoomsTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final RoomName ROOM = new RoomName("split");
  private static final Pattern SENT = Pattern.compile("(?:!(\\w+) )?(\\d+):(\\d+)(?:=(.*))?");
  private static final int STEPS = 120;

  /** What a log learns in this time may not be known to one who has read it. */
  private static final int READ_MILLIS = 120;

  @AfterContainer
  static void stop() {
    VERTX.close();
  }

  @Property(tries = 150)
  void readers_are_told_the_truth(@ForAll long seed) {
    Model model = new Model(seed);
    for (int i = 0; i < STEPS; i++) {
      model.step();
    }
    model.end();
  }

  private enum Link {
    WHOLE,
    /** The second node is cut off and does not know it. */
    CUT,
    /** Each side goes on by itself. */
    SPLIT
  }

  private static final class Model {
    final Random random;
    final List<ManualLoop> loops = new ArrayList<>();
    final ManualLoop network = new ManualLoop(VERTX);
    final List<Rooms> nodes = new ArrayList<>();
    final List<Reader> readers = new ArrayList<>();
    final CutBus bus = new CutBus();

    /** What the log of each epoch had, with all that is in its past. */
    final Map<Long, Map<Long, String>> pasts = new HashMap<>();

    /** The ancestry of each epoch, by the time since which it is known. */
    final Map<Long, TreeMap<Long, Branch>> branches = new HashMap<>();

    final Set<String> acknowledged = new HashSet<>();
    final RoomOptions options = Options.usual();
    final List<String> story = new ArrayList<>();

    Link link = Link.WHOLE;
    RoomLog log = Splits.enter(new RoomLog(Epochs.random()), 1, true);
    @Nullable RoomLog other;
    RoomLog copy = Splits.copy(log);
    long forecast;
    long sides = 2;
    long firstSide = 1;
    long otherSide;
    long nowMillis = 1_000_000;
    int published;

    Model(long seed) {
      random = new Random(seed);
      for (int i = 0; i < 2; i++) {
        ManualLoop loop = new ManualLoop(VERTX);
        loops.add(loop);
        nodes.add(
            new Rooms(
                List.of(loop.loop()),
                Options.everywhere(options),
                new View(i),
                bus,
                () -> nowMillis,
                Timings.NONE));
      }
      for (int i = 0; i < 4; i++) {
        readers.add(new Reader("reader " + i));
      }
    }

    void step() {
      Reader reader = readers.get(random.nextInt(readers.size()));
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> publish(random.nextInt(3) == 0 ? 1 : 0);
        case 3, 4 -> change();
        case 5, 6 -> reader.move(random.nextInt(2));
        case 7 -> reader.pause();
        default -> {}
      }
      advance(random.nextInt(4) == 0 ? 3000 : 1 + random.nextInt(60));
    }

    void end() {
      while (link != Link.WHOLE) {
        change();
      }
      readers.forEach(Reader::resume);
      advance(60_000);
      publish(0);
      advance(60_000);
      readers.forEach(Reader::assertAtEnd);
      assertThat(pasts.get(log.epoch()).values()).containsAll(acknowledged);
    }

    void publish(int node) {
      String text = Integer.toString(++published);
      story.add(nowMillis + " publish " + text + " on " + node);
      loops
          .get(node)
          .inside(
              () ->
                  nodes
                      .get(node)
                      .publisher()
                      .publish(
                          ROOM,
                          Publication.text(text, nowMillis),
                          new Ack() {
                            @Override
                            public void appended(Position position) {
                              acknowledged.add(text);
                            }

                            @Override
                            public void refused(Throwable reason) {}
                          }));
    }

    void change() {
      switch (link) {
        case WHOLE -> {
          link = Link.CUT;
          copy = Splits.copy(log);
        }
        case CUT -> {
          otherSide = sides++;
          forecast = Epochs.random();
          boolean hasCopy = random.nextInt(3) > 0;
          other = hasCopy ? Splits.enter(copy, otherSide, true) : null;
          link = random.nextInt(4) == 0 ? Link.WHOLE : Link.SPLIT;
          if (link == Link.WHOLE) {
            other = null;
          } else {
            if (random.nextInt(4) == 0) {
              firstSide = sides++;
              log = Splits.enter(log, firstSide, true);
              record(log);
            }
            record(other);
          }
          nodes.forEach(Rooms::nodesChanged);
        }
        case SPLIT -> {
          if (other != null) {
            log = Splits.merged(log, other, firstSide);
            Splits.confirm(log);
          }
          other = null;
          link = Link.WHOLE;
          record(log);
          nodes.forEach(Rooms::nodesChanged);
        }
      }
      story.add(nowMillis + " " + link + ": " + describe(log) + "; " + describe(other));
    }

    private static String describe(@Nullable RoomLog log) {
      return log == null ? "no log" : log.branch() + " up to " + log.top();
    }

    void record(@Nullable RoomLog of) {
      if (of != null) {
        branches.computeIfAbsent(of.epoch(), epoch -> new TreeMap<>()).put(nowMillis, of.branch());
        Map<Long, String> past = pasts.computeIfAbsent(of.epoch(), epoch -> new HashMap<>());
        long offset = of.top() - of.entries().size();
        for (var entry : of.entries()) {
          String before = past.put(++offset, entry.publication().text());
          assertThat(before == null || before.equals(entry.publication().text())).isTrue();
        }
      }
    }

    void advance(long millis) {
      for (long i = 0; i < millis; i++) {
        nowMillis++;
        network.advance(1);
        loops.forEach(loop -> loop.advance(1));
      }
      turn();
      readers.forEach(Reader::look);
    }

    void turn() {
      do {
        network.turn();
        loops.forEach(ManualLoop::turn);
      } while (network.isBusy() || loops.stream().anyMatch(ManualLoop::isBusy));
    }

    /** The log as one node reaches it. */
    private final class View implements History {
      final int node;

      View(int node) {
        this.node = node;
      }

      private long side() {
        return node == 0 || link == Link.WHOLE ? firstSide : link == Link.CUT ? 0 : otherSide;
      }

      private <T> Future<T> use(boolean create, Function<RoomLog, @Nullable T> operation) {
        Promise<T> promise = Promise.promise();
        long before = side();
        later(
            () -> {
              if (before == 0 || before != side()) {
                later(() -> promise.fail("not replicated"));
                return;
              }
              RoomLog used = before == firstSide ? log : other;
              if (used == null) {
                used = Splits.enter(new RoomLog(forecast), before, true);
                if (create) {
                  other = used;
                }
              }
              T result = operation.apply(used);
              Splits.confirm(used);
              if (used == log || used == other) {
                record(used);
              }
              later(
                  () -> {
                    if (result == null || side() != before) {
                      promise.fail("not replicated");
                    } else if (random.nextInt(8) == 0) {
                      network.loop().after(random.nextInt(100), () -> promise.complete(result));
                    } else {
                      promise.complete(result);
                    }
                  });
            });
        return promise.future();
      }

      private void later(Runnable task) {
        network.loop().after(random.nextInt(5), task);
      }

      @Override
      public Future<Appended> append(RoomName room, Batch batch, RoomOptions.History limits) {
        return use(true, used -> used.append(batch, nowMillis, limits));
      }

      @Override
      public Future<Page> read(
          RoomName room, Position after, int messages, int bytes, RoomOptions.History limits) {
        return follow(room, after, Position.NONE, false, messages, bytes, limits);
      }

      @Override
      public Future<Page> follow(
          RoomName room,
          Position after,
          Position delivered,
          boolean createsLog,
          int messages,
          int bytes,
          RoomOptions.History limits) {
        return use(
            createsLog,
            used -> {
              Page page = used.read(after, messages, bytes, nowMillis, limits);
              return page.isBehind(after) ? null : page;
            });
      }

      @Override
      public Future<Page> removeAll(RoomName room, RoomOptions.History limits) {
        throw new UnsupportedOperationException();
      }

      @Override
      public Future<List<String>> names(String prefix, @Nullable String after, int limit) {
        throw new UnsupportedOperationException();
      }

      @Override
      public Future<Map<RoomName, LogSummary>> summaries(List<RoomName> rooms) {
        throw new UnsupportedOperationException();
      }

      @Override
      public boolean canFork() {
        return true;
      }
    }

    /** A bus that carries nothing between nodes that are cut off from each other. */
    private final class CutBus extends RoomBus {
      private final Map<ManualLoop, List<FakeConsumer<Broadcast>>> consumers = new HashMap<>();

      CutBus() {
        super(VERTX);
        VERTX.eventBus().unregisterCodec(BatchFormat.NAME);
      }

      @Override
      public void publish(RoomName room, Broadcast batch) {
        ManualLoop sender = Objects.requireNonNull(ManualLoop.running());
        consumers.forEach(
            (loop, all) -> {
              if (loop == sender || link == Link.WHOLE) {
                all.forEach(
                    consumer ->
                        network.loop().after(random.nextInt(5), () -> consumer.receive(batch)));
              }
            });
      }

      @Override
      public MessageConsumer<Broadcast> consume(RoomName room, Handler<Broadcast> handler) {
        ManualLoop home = Objects.requireNonNull(ManualLoop.running());
        FakeConsumer<Broadcast> consumer =
            new FakeConsumer<>(home.loop(), handler, Future.succeededFuture());
        consumers.computeIfAbsent(home, any -> new ArrayList<>()).add(consumer);
        return consumer;
      }
    }

    /** A client that keeps its position, and compares what it is sent with the logs. */
    private final class Reader {
      final String name;
      @Nullable FakeConnection connection;
      @Nullable Cursor cursor;
      int node;
      int seen;
      @Nullable Position at;
      @Nullable Position since;
      boolean placed;
      @Nullable Position lost;
      final Deque<Long> toldAt = new ArrayDeque<>();
      long toldMillis;

      Reader(String name) {
        this.name = name;
        story.add(name + " is new");
      }

      /** Leaves, and goes on from its position at a node. */
      void move(int to) {
        if (cursor != null) {
          loops.get(node).inside(cursor::leave);
        }
        look();
        FakeConnection fresh = new FakeConnection(TestFormat.TELLING);
        connection = fresh;
        toldAt.clear();
        fresh.whenTold = () -> toldAt.add(nowMillis);
        node = to;
        seen = 0;
        placed = false;
        lost = null;
        since = at;
        Position from = at;
        Start start = from == null ? new Start.Live() : new Start.Since(from);
        story.add(nowMillis + " " + name + " at " + node + " " + start);
        ManualLoop loop = loops.get(node);
        loop.inside(() -> cursor = fresh.enter(nodes.get(node), ROOM, start, loop));
      }

      void pause() {
        if (connection != null && connection.writable) {
          connection.writable = false;
        } else {
          resume();
        }
      }

      void resume() {
        if (connection == null || connection.closed != null) {
          move(random.nextInt(2));
        }
        FakeConnection open = Objects.requireNonNull(connection);
        open.writable = true;
        loops.get(node).inside(Objects.requireNonNull(cursor)::drained);
      }

      void look() {
        if (connection == null) {
          return;
        }
        List<String> texts = connection.texts();
        while (seen < texts.size()) {
          String text = texts.get(seen++);
          story.add(nowMillis + " " + name + " gets " + text);
          Matcher sent = SENT.matcher(text);
          assertThat(sent.matches()).isTrue();
          Position next =
              new Position(Long.parseLong(sent.group(2)), Long.parseLong(sent.group(3)));
          if (sent.group(1) != null) {
            told(sent.group(1), next);
          } else {
            heard(next, sent.group(4));
          }
        }
      }

      private void told(String kind, Position now) {
        Position before = at;
        at = now;
        placed = true;
        toldMillis = toldAt.remove();
        if (kind.equals("LOST")) {
          lost = before;
          if (before != null && before.epoch() != now.epoch()) {
            judgeLoss(now);
          }
        } else if (kind.equals("RECOVERED")) {
          check(since != null && since.offset() == now.offset(), "recovered elsewhere");
          check(samePast(since, now), "another past than " + since);
        } else if (kind.equals("JOINED")) {
          check(since == null, "joined");
        } else if (kind.equals("PASSED")) {
          check(before != null && before.offset() <= now.offset(), "passed");
        } else {
          check(kind.equals("SKIPPED"), kind);
        }
      }

      private void judgeLoss(Position now) {
        Position from = lost;
        lost = null;
        // Where a room began may have been a forecast, which no log knows.
        if (from != null && from.offset() > 0) {
          var known = branches.getOrDefault(now.epoch(), new TreeMap<>());
          var before = known.floorEntry(toldMillis - READ_MILLIS);
          Branch into = before == null ? new Branch(now.epoch()) : before.getValue();
          check(!into.includes(from), "lost " + from + " although it continues at " + now);
        }
      }

      private void heard(Position next, String text) {
        check(placed, "not placed");
        judgeLoss(next);
        Position before = at;
        at = next;
        check(before != null && before.offset() + 1 == next.offset(), "after " + before);
        check(samePast(before, next), "another past than " + before);
        check(text.equals(pasts.getOrDefault(next.epoch(), Map.of()).get(next.offset())), text);
      }

      /** Whether the log of an epoch has all that precedes a position in another one. */
      private boolean samePast(Position one, Position other) {
        Map<Long, String> ones = pasts.getOrDefault(one.epoch(), Map.of());
        Map<Long, String> others = pasts.getOrDefault(other.epoch(), Map.of());
        for (long offset = 1; offset <= one.offset(); offset++) {
          if (!Objects.equals(ones.get(offset), others.get(offset))) {
            return false;
          }
        }
        return true;
      }

      private void check(boolean holds, String what) {
        if (!holds) {
          throw new AssertionError(
              name + " at " + at + ": " + what + "\n" + String.join("\n", story));
        }
      }

      void assertAtEnd() {
        check(connection != null && connection.closed == null, "closed " + connection.closed);
        check(new Position(log.epoch(), log.top()).equals(at), "not at the end " + log.top());
      }
    }
  }
}
