package io.stentor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.stentor.config.Config.LoggingOptions;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@Isolated
class LoggingSetupTest {
  private static final Logger OWN = LoggerFactory.getLogger("io.stentor.room.Rooms");
  private static final Logger VERTX = LoggerFactory.getLogger("io.vertx.core.Some");
  private static final Logger HAZELCAST = LoggerFactory.getLogger("com.hazelcast.Some");
  private static final Logger NETTY = LoggerFactory.getLogger("io.netty.Some");

  @AfterEach
  void quiet() {
    apply(LoggingOptions.Level.WARN, LoggingOptions.Format.TEXT);
  }

  @Test
  void a_line_for_people_has_time_level_short_name_and_message() {
    assertThat(lines(LoggingOptions.Format.TEXT, () -> OWN.info("listening on {}", 9898)))
        .singleElement()
        .asString()
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) INFO  Rooms:"
                + " listening on 9898");
  }

  @Test
  void a_line_for_people_ends_with_its_fields() {
    assertThat(
            lines(
                LoggingOptions.Format.TEXT,
                () -> OWN.atInfo().addKeyValue("count", 2).log("joined")))
        .singleElement()
        .asString()
        .endsWith(" Rooms: joined count=2");
  }

  @Test
  void a_message_cannot_forge_a_line() {
    assertThat(
            lines(
                LoggingOptions.Format.TEXT,
                () -> OWN.info("text {}", "a\r\n12:00:00.000 ERROR b\u001b[31m")))
        .singleElement()
        .asString()
        .endsWith("text a··12:00:00.000 ERROR b·[31m");
  }

  @Test
  void a_line_for_machines_is_one_json_object() {
    List<String> lines =
        lines(
            LoggingOptions.Format.JSON,
            () -> OWN.atWarn().addKeyValue("count", 2).log("a \"{}\"\n", "b"));
    JsonObject line = new JsonObject(lines.get(0));
    assertThat(lines).hasSize(1);
    assertThat(line.getString("level")).isEqualTo("WARN");
    assertThat(line.getString("formattedMessage")).isEqualTo("a \"b\"\n");
    assertThat(line.getString("loggerName")).isEqualTo("io.stentor.room.Rooms");
    assertThat(line.getLong("timestamp")).isPositive();
    assertThat(line.getJsonArray("kvpList").getJsonObject(0).getString("count")).isEqualTo("2");
  }

  @Test
  void the_names_of_a_lines_fields_never_change() {
    List<String> lines =
        lines(
            LoggingOptions.Format.JSON,
            () -> {
              OWN.info("plain");
              OWN.atWarn().addKeyValue("a", 1).setCause(new IllegalStateException("b")).log("all");
            });
    assertThat(new JsonObject(lines.get(0)).fieldNames())
        .containsExactly(
            "timestamp", "level", "threadName", "loggerName", "formattedMessage", "throwable");
    assertThat(new JsonObject(lines.get(1)).fieldNames())
        .containsExactly(
            "timestamp",
            "level",
            "threadName",
            "loggerName",
            "kvpList",
            "formattedMessage",
            "throwable");
  }

  @Test
  void libraries_only_warn_until_somebody_looks_for_a_fault() {
    apply(LoggingOptions.Level.INFO, LoggingOptions.Format.TEXT);
    assertThat(OWN.isInfoEnabled()).isTrue();
    assertThat(OWN.isDebugEnabled()).isFalse();
    for (Logger library : List.of(VERTX, HAZELCAST, NETTY)) {
      assertThat(library.isWarnEnabled()).isTrue();
      assertThat(library.isInfoEnabled()).isFalse();
    }

    apply(LoggingOptions.Level.TRACE, LoggingOptions.Format.TEXT);
    assertThat(OWN.isTraceEnabled()).isTrue();
    assertThat(VERTX.isDebugEnabled()).isTrue();
    assertThat(HAZELCAST.isDebugEnabled()).isTrue();
    assertThat(NETTY.isInfoEnabled()).isFalse();

    apply(LoggingOptions.Level.ERROR, LoggingOptions.Format.TEXT);
    assertThat(OWN.isWarnEnabled()).isFalse();
    assertThat(HAZELCAST.isWarnEnabled()).isFalse();
    assertThat(NETTY.isWarnEnabled()).isFalse();
  }

  @Test
  void a_warning_of_a_library_is_one_line_without_class_names() {
    Logger address = LoggerFactory.getLogger("com.hazelcast.instance.impl.AddressPicker");
    assertThat(
            lines(
                LoggingOptions.Format.TEXT,
                () -> {
                  RuntimeException cause =
                      new IllegalStateException("a", foreign(new ConnectException("refused")));
                  foreign(cause);
                  address.warn("[127.0.0.1]:5701 [tea] [5.3.8] Cannot read a.b.c.Some: x", cause);
                  address.warn("[127.0.0.1]:5701 [tea] [5.3.8] Cannot read a.b.c.Some: x", cause);
                  address.warn("[127.0.0.1]:5701 [tea] [5.3.8] Cannot resolve 'b'");
                }))
        .hasSize(2)
        .first()
        .asString()
        .endsWith("WARN  AddressPicker: Cannot read x: refused");
  }

  @Test
  void a_failure_of_our_own_code_keeps_its_stack_trace() {
    assertThat(
            lines(
                LoggingOptions.Format.TEXT,
                () -> VERTX.error("Unhandled exception", new IllegalStateException("ours"))))
        .anyMatch(line -> line.contains("at io.stentor.logging.LoggingSetupTest"));
  }

  @Test
  void a_line_that_differs_only_in_numbers_is_not_repeated() {
    Logger responses = LoggerFactory.getLogger("com.hazelcast.spi.impl.Some");
    assertThat(
            lines(
                LoggingOptions.Format.TEXT,
                () -> {
                  for (int call = 0; call < 100; call++) {
                    responses.warn("No answer to call {} of {}", call, UUID.randomUUID());
                  }
                  responses.warn("Another matter");
                }))
        .hasSize(2);
  }

  @Test
  void the_same_failure_of_our_own_code_is_not_repeated() {
    assertThat(
            lines(
                LoggingOptions.Format.TEXT,
                () -> {
                  for (int i = 0; i < 100; i++) {
                    VERTX.error("Unhandled exception", new IllegalStateException("ours " + i));
                  }
                }))
        .filteredOn(line -> line.contains("Unhandled exception"))
        .hasSize(1);
  }

  private static <T extends Throwable> T foreign(T failure) {
    failure.setStackTrace(
        new StackTraceElement[] {new StackTraceElement("com.hazelcast.A", "b", "A.java", 1)});
    return failure;
  }

  @Test
  void what_libraries_write_of_a_lost_node_is_seen_at_debug_only() {
    Logger heartbeat =
        LoggerFactory.getLogger("com.hazelcast.internal.cluster.impl.ClusterHeartbeatManager");
    assertThat(lines(LoggingOptions.Format.TEXT, () -> heartbeat.warn("Suspecting"))).isEmpty();
    assertThat(
            lines(
                LoggingOptions.Format.TEXT,
                () -> {
                  LoggingSetup.relevel(LoggingOptions.Level.DEBUG);
                  heartbeat.warn("Suspecting");
                }))
        .hasSize(1);
  }

  @Test
  void a_node_whose_certificate_is_refused_is_told_of_in_one_line() {
    Logger connection =
        LoggerFactory.getLogger("io.vertx.core.eventbus.impl.clustered.OutboundConnection");
    Exception refused =
        inLibraries(new SSLHandshakeException("Received fatal alert: certificate_unknown"));
    Exception failed = inLibraries(new IOException("failed", refused));
    Exception gone = inLibraries(new IOException("gone"));
    assertThat(
            lines(LoggingOptions.Format.TEXT, () -> connection.warn("Connecting failed", failed)))
        .singleElement()
        .asString()
        .endsWith("TLS with another node failed: Received fatal alert: certificate_unknown");
    assertThat(lines(LoggingOptions.Format.TEXT, () -> connection.warn("Connecting failed", gone)))
        .isEmpty();
  }

  /** With no frame of this project, whose failures keep their traces. */
  private static Exception inLibraries(Exception failure) {
    failure.setStackTrace(new StackTraceElement[0]);
    return failure;
  }

  private static void apply(LoggingOptions.Level level, LoggingOptions.Format format) {
    LoggingSetup.apply(new LoggingOptions(level, format));
  }

  private static List<String> lines(LoggingOptions.Format format, Runnable logged) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      apply(LoggingOptions.Level.INFO, format);
      logged.run();
      apply(LoggingOptions.Level.WARN, LoggingOptions.Format.TEXT); // Writes what waits.
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
