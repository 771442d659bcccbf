package io.stentor.room;

import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The way from a room's tails on any loop to its feed, on the loop that is the room's home. */
final class FeedHandle implements Room.Attachments {

  private final RoomName name;
  private final Loop home;
  private final RoomsInUse inUse;
  private final Supplier<Feed> made;

  /**
   * Makes no feed yet.
   *
   * @param inUse where the feed holds the room; a feed's hold is given back with the feed
   * @param made makes the room's feed, on the home loop, where there is none
   */
  FeedHandle(RoomName name, Loop home, RoomsInUse inUse, Supplier<Feed> made) {
    this.name = name;
    this.home = home;
    this.inUse = inUse;
    this.made = made;
  }

  @Override
  public void attach(Tail tail) {
    home.run(
        () -> {
          Feed feed = home.feeds.get(name);
          if (feed == null) {
            inUse.holdToo(name);
            feed = made.get();
            home.feeds.put(name, feed);
            feed.start();
          }
          feed.attach(tail);
        });
  }

  @Override
  public void detach(Tail tail) {
    withFeed(feed -> feed.detach(tail));
  }

  /** In the order of the calls, so that the feed of a room that is just made holds it before. */
  @Override
  public void end() {
    home.run(() -> inUse.release(name));
  }

  @Override
  public void check() {
    withFeed(Feed::check);
  }

  @Override
  public Future<Optional<Page>> recent(Position after) {
    Promise<Optional<Page>> promise = Promise.promise();
    home.run(
        () -> {
          Feed feed = home.feeds.get(name);
          promise.complete(Optional.ofNullable(feed == null ? null : feed.since(after)));
        });
    return promise.future();
  }

  private void withFeed(Consumer<Feed> action) {
    home.run(
        () -> {
          Feed feed = home.feeds.get(name);
          if (feed != null) {
            action.accept(feed);
          }
        });
  }
}
