package io.stentor.console;

import io.stentor.config.BuiltInRooms;
import io.stentor.json.JsonSource;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Ack;
import io.stentor.room.Rooms;
import io.stentor.room.Rooms.Load;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a node's figures to the console's room every second while the console is enabled. At
 * most one message is in flight; figures that cannot be published are dropped, since the next ones
 * replace them. Thread-safe.
 */
public final class FiguresFeed {

  static final long INTERVAL_MILLIS = 1000;

  /** Maximum time that a stopping node waits for its last message to be accepted. */
  static final long END_MILLIS = 1000;

  private static final RoomName ROOM = new RoomName(BuiltInRooms.CONSOLE);
  private static final Logger LOG = LoggerFactory.getLogger(FiguresFeed.class);

  private final Vertx vertx;
  private final Rooms rooms;
  private final BooleanSupplier enabled;
  private final BiFunction<String, Load, JsonObject> figures;
  private final AtomicBoolean inFlight = new AtomicBoolean();
  private volatile Future<Void> latest = Future.succeededFuture();
  private volatile String state = "";
  private volatile boolean ended;

  /**
   * Creates a feed that is not running.
   *
   * @param enabled whether the figures can be read by anyone
   * @param figures creates the figures from the load and a state, which is empty while the node
   *     runs
   */
  public FiguresFeed(
      Vertx vertx,
      Rooms rooms,
      BooleanSupplier enabled,
      BiFunction<String, Load, JsonObject> figures) {
    this.vertx = vertx;
    this.rooms = rooms;
    this.enabled = enabled;
    this.figures = figures;
  }

  /** Starts publishing, until Vert.x closes. */
  public void start() {
    vertx.setPeriodic(INTERVAL_MILLIS, timer -> tell());
  }

  /** Sets the state to publish, and publishes it at once unless a message is in flight. */
  public void state(String changed) {
    state = changed;
    tell();
  }

  /**
   * Publishes that the node has stopped, and then stops publishing. Takes a second at most and
   * never fails.
   */
  public Future<Void> end() {
    ended = true;
    if (!enabled.getAsBoolean()) {
      return Future.succeededFuture();
    }
    Promise<Void> finished = Promise.promise();
    vertx.setTimer(END_MILLIS, timer -> finished.tryComplete());
    // Waits for the message in flight, so that this one is the last.
    latest
        .eventually(() -> publishState(NodeFigures.STOPPED))
        .onComplete(done -> finished.tryComplete());
    return finished.future();
  }

  private void tell() {
    if (!ended && enabled.getAsBoolean() && inFlight.compareAndSet(false, true)) {
      latest =
          publishState(state)
              .onFailure(failure -> LOG.debug("figures were not published: {}", failure.toString()))
              .onComplete(done -> inFlight.set(false));
    }
  }

  private Future<Void> publishState(String what) {
    return rooms
        .load()
        .compose(load -> vertx.executeBlocking(() -> figures.apply(what, load), false))
        .compose(this::publish);
  }

  private Future<Void> publish(JsonObject json) {
    Promise<Void> taken = Promise.promise();
    Publication publication =
        Publication.json(
            JsonSource.of(json.toBuffer().getBytes()), System.currentTimeMillis(), null, null);
    Ack ack =
        new Ack() {
          @Override
          public void appended(Position position) {
            taken.complete();
          }

          @Override
          public void refused(Throwable reason) {
            taken.fail(reason);
          }
        };
    return rooms.publisher().offer(ROOM, publication, ack)
        ? taken.future()
        : Future.failedFuture("too much waits for its room");
  }
}
