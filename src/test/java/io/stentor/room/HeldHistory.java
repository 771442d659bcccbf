package io.stentor.room;

import io.stentor.config.RoomOptions.History;
import io.stentor.history.Appended;
import io.stentor.history.Batch;
import io.stentor.history.LocalHistory;
import io.stentor.history.LogSummary;
import io.stentor.history.Page;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A history in which each append waits until the test lets it go on or fail. */
final class HeldHistory implements io.stentor.history.History {
  record Held(RoomName room, Batch batch, History limits, Promise<Appended> promise) {}

  final List<Batch> asked = new ArrayList<>();
  final ArrayDeque<Held> held = new ArrayDeque<>();
  private final LocalHistory logs = new LocalHistory(() -> 1_000_000);

  @Override
  public Future<Appended> append(RoomName room, Batch batch, History limits) {
    Promise<Appended> promise = Promise.promise();
    asked.add(batch);
    held.add(new Held(room, batch, limits, promise));
    return promise.future();
  }

  @Override
  public Future<Page> read(
      RoomName room, Position after, int maxMessages, int maxBytes, History limits) {
    return logs.read(room, after, maxMessages, maxBytes, limits);
  }

  @Override
  public Future<Page> follow(
      RoomName room,
      Position after,
      Position delivered,
      boolean createsLog,
      int maxMessages,
      int maxBytes,
      History limits) {
    return logs.follow(room, after, delivered, createsLog, maxMessages, maxBytes, limits);
  }

  @Override
  public Future<Page> removeAll(RoomName room, History limits) {
    return logs.removeAll(room, limits);
  }

  @Override
  public Future<List<String>> names(String prefix, @Nullable String after, int limit) {
    return logs.names(prefix, after, limit);
  }

  @Override
  public Future<Map<RoomName, LogSummary>> summaries(List<RoomName> rooms) {
    return logs.summaries(rooms);
  }

  void succeed() {
    Held one = held.remove();
    logs.append(one.room, one.batch, one.limits).onComplete(one.promise);
  }

  void fail() {
    held.remove().promise.fail("not now");
  }

  /** Appends, and loses the answer. */
  void failAfterAppending() {
    Held one = held.remove();
    logs.append(one.room, one.batch, one.limits);
    one.promise.fail("the answer is lost");
  }

  List<String> log(RoomName room) {
    return logs
        .read(room, Position.NONE, 10_000, 1_000_000, Options.usual().history())
        .result()
        .publications()
        .stream()
        .map(Publication::text)
        .toList();
  }
}
