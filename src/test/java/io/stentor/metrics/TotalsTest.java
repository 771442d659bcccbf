package io.stentor.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.stentor.config.ConfigLoader;
import io.stentor.config.RoomRules;
import io.stentor.connection.ConnectionCounts;
import io.stentor.history.LocalHistory;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Ack;
import io.stentor.room.Counts.Count;
import io.stentor.room.Rooms;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

@Isolated
class TotalsTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(Totals.class);

  private final Vertx vertx = Vertx.vertx();
  private final Rooms rooms =
      new Rooms(
          vertx,
          new RoomRules(
              new ConfigLoader(Path.of("/"), Map.of()).load(List.of(), List.of()).config()),
          new LocalHistory(System::currentTimeMillis));
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    LOG.setLevel(Level.INFO);
    LOG.addAppender(lines);
  }

  @AfterEach
  void stop() {
    LOG.detachAppender(lines);
    LOG.setLevel(null);
    vertx.close().await();
  }

  @Test
  void totals_are_told_in_fields_whose_names_never_change_when_something_has_changed() {
    Totals totals = new Totals(rooms, new ConnectionCounts());
    totals.tell();
    assertThat(lines.list).isEmpty();
    rooms.publisher().publish(new RoomName("tea"), Publication.text("x", 0), new Nobody());
    await().atMost(Duration.ofSeconds(20)).until(() -> rooms.counts().get(Count.PUBLISHED) == 1);
    totals.tell();
    totals.tell();
    assertThat(lines.list).hasSize(1);
    ILoggingEvent line = lines.list.get(0);
    assertThat(line.getFormattedMessage()).isEqualTo("totals");
    assertThat(line.getKeyValuePairs())
        .extracting(pair -> pair.key + "=" + pair.value)
        .containsExactly(
            "connections=0",
            "rooms=0",
            "published=1",
            "delivered=0",
            "deliveredBytes=0",
            "refused=0",
            "repaired=0",
            "gaps=0",
            "skipped=0",
            "slowDisconnected=0");
  }

  private static final class Nobody implements Ack {
    @Override
    public void appended(Position position) {}

    @Override
    public void refused(Throwable reason) {}
  }
}
