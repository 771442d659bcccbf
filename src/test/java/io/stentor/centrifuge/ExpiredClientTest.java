package io.stentor.centrifuge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.stentor.admission.ConnectTimeout;
import io.stentor.centrifuge.codec.Framing;
import io.stentor.centrifuge.codec.JsonFormat;
import io.stentor.config.Config;
import io.stentor.config.ConfigLoader;
import io.stentor.config.LiveConfig;
import io.stentor.config.RoomRules;
import io.stentor.connection.ConnectionCounts;
import io.stentor.connection.ConnectionRegistry;
import io.stentor.connection.Heartbeat;
import io.stentor.history.LocalHistory;
import io.stentor.http.LoopContext;
import io.stentor.http.NodeServices;
import io.stentor.identity.Access;
import io.stentor.identity.Expiries;
import io.stentor.identity.Signer;
import io.stentor.message.CloseReason;
import io.stentor.presence.LocalPresence;
import io.stentor.room.Output;
import io.stentor.room.Rooms;
import io.stentor.timer.Pacer;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a client may be late with a new token, on a clock that is moved by hand. */
class ExpiredClientTest {
  private static final String SECRET = "a secret of more than thirty-two bytes";
  private static final Signer SIGNER = Signer.secret("HS256", SECRET);

  private final Vertx vertx = Vertx.vertx();
  private final EventLoop loop = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
  private final long end = System.currentTimeMillis() / 1000 + 3600;
  private final AtomicLong now = new AtomicLong(end - 3600);
  private final Expiries expiries =
      new Expiries(() -> LoopContext.GRACE_SECONDS, () -> false, now::get);
  private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
  private Session session;

  private final class RecordingTransport implements ClientTransport, Output {
    @Override
    public Output output() {
      return this;
    }

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public long queuedBytes() {
      return 0;
    }

    @Override
    public void write(ByteBuf framed) {
      sent.add(framed.toString(StandardCharsets.UTF_8));
      framed.release();
    }

    @Override
    public void flush() {}

    @Override
    public void read(boolean on) {}

    @Override
    public void close(CloseReason reason) {
      sent.add("closed " + reason);
    }
  }

  @BeforeEach
  void connect() throws Exception {
    Config config = config();
    Rooms rooms =
        new Rooms(vertx, new RoomRules(config), new LocalHistory(System::currentTimeMillis));
    LiveConfig live = new LiveConfig(config);
    NodeServices node =
        new NodeServices(
            live,
            rooms,
            new LocalPresence(room -> true),
            Access.of(vertx, live),
            new ConnectionCounts());
    LoopContext context =
        new LoopContext(
            loop,
            node,
            new Heartbeat(() -> live.get().webSocket()),
            expiries,
            expiries,
            new ConnectionRegistry(),
            new ConnectTimeout(loop, 10, 40),
            new Pacer(loop, 1000));
    onLoop(
        () ->
            session =
                Commands.newSession(
                    context,
                    new RecordingTransport(),
                    JsonFormat.of(Framing.WEB_SOCKET, false, false),
                    ""));
    send("{\"id\":1,\"connect\":{\"token\":\"" + token(new JsonObject()) + "\"}}");
    assertThat(next()).contains("\"expires\":true,\"ttl\":3600");
  }

  private static Config config() throws IOException {
    Path file = Files.createTempFile("stentor", ".json");
    JsonObject tokens = new JsonObject().put("hmacSecret", SECRET);
    JsonObject options = new JsonObject().put("identity", new JsonObject().put("tokens", tokens));
    Files.writeString(file, options.encode());
    return new ConfigLoader(Path.of("target"), Map.of())
        .load(List.of(file.toString()), List.of())
        .config();
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private String token(JsonObject more) {
    return SIGNER.sign(new JsonObject().put("sub", "ann").put("exp", end).mergeIn(more));
  }

  private void onLoop(Runnable task) throws Exception {
    CompletableFuture.runAsync(task, loop).get(10, TimeUnit.SECONDS);
  }

  private void send(String command) throws Exception {
    onLoop(() -> session.received(command.getBytes(StandardCharsets.UTF_8)));
  }

  private String next() throws InterruptedException {
    String line = sent.poll(10, TimeUnit.SECONDS);
    return String.valueOf(line);
  }

  private void moveTo(long seconds) throws Exception {
    now.set(seconds);
    onLoop(expiries::everySecond);
  }

  @Test
  void a_connection_outlasts_its_token_by_25_seconds_and_no_longer() throws Exception {
    moveTo(end + 24);
    assertThat(sent).isEmpty();
    moveTo(end + 25);
    assertThat(next()).isEqualTo("closed 3005 connection expired");
  }

  @Test
  void a_new_token_within_the_grace_puts_the_end_off() throws Exception {
    moveTo(end + 24);
    String later = token(new JsonObject().put("exp", end + 100));
    send("{\"id\":2,\"refresh\":{\"token\":\"" + later + "\"}}");
    assertThat(next()).contains("\"refresh\":{").contains("\"ttl\":76");
    moveTo(end + 124);
    assertThat(sent).isEmpty();
    moveTo(end + 125);
    assertThat(next()).isEqualTo("closed 3005 connection expired");
  }

  @Test
  void a_subscription_outlasts_its_token_by_25_seconds_and_the_connection_stays() throws Exception {
    String room = token(new JsonObject().put("channel", "a").put("exp", end - 1000));
    send("{\"id\":2,\"subscribe\":{\"channel\":\"a\",\"token\":\"" + room + "\"}}");
    assertThat(next()).contains("\"subscribe\":{\"expires\":true,\"ttl\":2600");
    moveTo(end - 1000 + 24);
    assertThat(sent).isEmpty();
    moveTo(end - 1000 + 25);
    assertThat(next()).contains("\"unsubscribe\":{\"code\":2501,");
    send("{\"id\":3,\"rpc\":{}}");
    assertThat(next()).contains("{\"id\":3,\"error\":");
  }

  @Test
  void a_time_that_is_too_far_for_32_bits_is_told_as_the_longest_that_fits() throws Exception {
    String token = token(new JsonObject().put("exp", 253_402_214_400L));
    send("{\"id\":2,\"refresh\":{\"token\":\"" + token + "\"}}");
    assertThat(next()).contains("\"expires\":true,\"ttl\":2147483647}");
  }

  @Test
  void who_has_left_is_not_waited_for() throws Exception {
    onLoop(session::closed);
    assertThat(expiries.size()).isZero();
  }
}
