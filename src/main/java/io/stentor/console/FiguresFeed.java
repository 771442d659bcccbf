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
 * Publishes a node's figures in the nodes' own room, once a second, as long as somebody may read
 * them there. What cannot be published is left out, and the next figures say more anyway: one
 * message is on its way at most. Any thread.
 */
public final class FiguresFeed {

  static final long INTERVAL_MILLIS = 1000;

  /** A node that stops waits no longer for its last word to be taken. */
  static final long END_MILLIS = 1000;

  private static final RoomName ROOM = new RoomName(BuiltInRooms.CONSOLE);
  private static final Logger LOG = LoggerFactory.getLogger(FiguresFeed.class);

  private final Vertx vertx;
  private final Rooms rooms;
  private final BooleanSupplier enabled;
  private final BiFunction<String, Load, JsonObject> figures;
  private final AtomicBoolean underway = new AtomicBoolean();
  private volatile Future<Void> latest = Future.succeededFuture();
  private volatile String state = "";
  private volatile boolean ended;

  /**
   * A feed that says nothing yet.
   *
   * @param enabled whether anybody may read it
   * @param figures of a state, which is empty while the node runs, and of the load
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

  /** Begins; ends with Vert.x. */
  public void start() {
    vertx.setPeriodic(INTERVAL_MILLIS, timer -> tell());
  }

  /** Tells this state from now on, at once for the first time. */
  public void state(String changed) {
    state = changed;
    tell();
  }

  /** Says that the node has stopped, and nothing more. Takes a second at most, and never fails. */
  public Future<Void> end() {
    ended = true;
    if (!enabled.getAsBoolean()) {
      return Future.succeededFuture();
    }
    Promise<Void> told = Promise.promise();
    vertx.setTimer(END_MILLIS, timer -> told.tryComplete());
    // Behind what is on its way, so that it is the last word.
    latest.eventually(() -> said(NodeFigures.STOPPED)).onComplete(done -> told.tryComplete());
    return told.future();
  }

  private void tell() {
    if (!ended && enabled.getAsBoolean() && underway.compareAndSet(false, true)) {
      latest =
          said(state)
              .onFailure(failure -> LOG.debug("figures were not published: {}", failure.toString()))
              .onComplete(done -> underway.set(false));
    }
  }

  private Future<Void> said(String what) {
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
    return rooms.offer(ROOM, publication, ack)
        ? taken.future()
        : Future.failedFuture("too much waits for its room");
  }
}
