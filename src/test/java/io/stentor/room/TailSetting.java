package io.stentor.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.stentor.config.RoomOptions;
import io.stentor.room.Cursor.Start;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** A room on one node, connections in it, and an eye on the memory. */
abstract class TailSetting {
  private static final Vertx VERTX = Vertx.vertx();

  /** What a text of one or two digits takes in {@link TestFormat}, at most: header, place, text. */
  static final int PIECE_BYTES = 2 + 13 + 1 + 2 + 1 + 2;

  final Map<FakeConnection, Cursor> cursors = new LinkedHashMap<>();
  long memoryBefore;
  Scene scene;

  @AfterContainer
  static void stop() {
    VERTX.close();
  }

  @BeforeTry
  void begin() {
    cursors.clear();
    scene = scene(Options.usual());
    memoryBefore = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
  }

  /** Whatever happened: when all have left, nothing of what was encoded is held any more. */
  @AfterTry
  void everything_is_released_when_all_have_left() {
    cursors.values().forEach(Cursor::leave);
    scene.advance(20);
    for (FakeConnection connection : cursors.keySet()) {
      assertThat(connection.memory).allMatch(bytes -> bytes.refCnt() == 0);
    }
    assertThat(PooledByteBufAllocator.DEFAULT.pinnedDirectMemory()).isEqualTo(memoryBefore);
  }

  static Scene scene(RoomOptions options) {
    return new Scene(VERTX, 1, 1, options);
  }

  FakeConnection join(Format format) {
    FakeConnection connection = new FakeConnection(format);
    cursors.put(connection, scene.join(0, connection, new Start.Live()));
    scene.turn();
    return connection;
  }

  FakeConnection join() {
    return join(TestFormat.SILENT);
  }

  void publish(int count) {
    for (int i = 0; i < count; i++) {
      scene.publish(0);
    }
    scene.turn();
  }

  /** One after the other, each in a turn of its own. */
  void publishEach(int count) {
    for (int i = 0; i < count; i++) {
      publish(1);
    }
  }

  void full(FakeConnection connection) {
    connection.writable = false;
  }

  void drain(FakeConnection connection) {
    connection.writable = true;
    Cursor cursor = cursors.get(connection);
    assertThat(cursor).isNotNull();
    cursor.drained();
    scene.turn();
  }

  List<String> range(int first, int last) {
    long epoch = scene.epoch();
    return IntStream.rangeClosed(first, last).mapToObj(i -> epoch + ":" + i + "=" + i).toList();
  }
}
