package io.stentor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.stentor.config.ConfigLoader;
import io.stentor.config.LiveConfig;
import io.stentor.config.RoomRules;
import io.stentor.connection.ConnectionCounts;
import io.stentor.history.LocalHistory;
import io.stentor.http.api.JsonMessages;
import io.stentor.identity.Access;
import io.stentor.identity.Identity;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import io.stentor.presence.LocalPresence;
import io.stentor.room.Connection;
import io.stentor.room.Cursor.Start;
import io.stentor.room.Format;
import io.stentor.room.JoinLimitReached;
import io.stentor.room.Output;
import io.stentor.room.Rooms;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client leaves behind when it ends. */
class PlainClientTest {
  private static final RoomName ROOM = new RoomName("tea");

  private final Vertx vertx = Vertx.vertx();
  private final EventLoop eventLoop =
      ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
  private final LiveConfig live =
      new LiveConfig(
          new ConfigLoader(Path.of("target"), Map.of()).load(List.of(), List.of()).config());
  private final Rooms rooms =
      new Rooms(vertx, new RoomRules(live), new LocalHistory(System::currentTimeMillis));
  private final LoopContext loop =
      LoopContext.of(
          eventLoop,
          new NodeServices(
              live,
              rooms,
              new LocalPresence(room -> true),
              Access.of(vertx, live),
              new ConnectionCounts()));

  /** A connection that takes everything. */
  private static final class Listener implements Connection, Output {
    private final Runnable whenJoined;

    Listener(Runnable whenJoined) {
      this.whenJoined = whenJoined;
    }

    @Override
    public Format format() {
      return JsonMessages.FORMAT;
    }

    @Override
    public void joined() {
      whenJoined.run();
    }

    @Override
    public Output output() {
      return this;
    }

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void write(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void flush() {}

    @Override
    public void close(CloseReason reason) {}
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private PlainClient client() {
    return new PlainClient(loop, Member.of("", ""), Identity.ANONYMOUS, () -> true, reason -> {});
  }

  private static PlainClient join(PlainClient client, Runnable whenJoined) throws JoinLimitReached {
    client.join(ROOM, new Listener(whenJoined), new Start.Live());
    return client;
  }

  private void onLoop(Callable<?> task) throws Exception {
    eventLoop.submit(task).get(10, TimeUnit.SECONDS);
  }

  private int cursors() throws TimeoutException {
    return rooms.load().await(10, TimeUnit.SECONDS).cursors();
  }

  @Test
  void a_client_that_ends_while_it_joins_leaves_the_room_again() throws Exception {
    CompletableFuture<Void> placed = new CompletableFuture<>();
    onLoop(() -> join(client(), () -> placed.complete(null)));
    placed.get(10, TimeUnit.SECONDS);

    // This loop receives the room by now, so the next client is placed before its join returns.
    onLoop(
        () -> {
          PlainClient ending = client();
          return join(ending, ending::end);
        });
    assertThat(cursors()).isEqualTo(1);
  }

  @Test
  void a_client_that_ends_before_it_is_placed_leaves_the_room() throws Exception {
    onLoop(
        () -> {
          PlainClient ending = join(client(), () -> {});
          ending.end();
          return ending;
        });
    assertThat(cursors()).isZero();
  }
}
