package io.stentor.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.stentor.config.Config.LoggingOptions;
import org.slf4j.LoggerFactory;

/**
 * Configures Logback in code, which is faster than reading XML. Logback finds this class by {@code
 * META-INF/services} at its first use and logs warnings as text; {@link #apply} then applies the
 * configuration. Everything goes to standard output.
 */
public final class LoggingSetup extends ContextAwareBase implements Configurator {
  /** Control characters of a message become dots: what a client sent cannot forge a line. */
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %replace(%msg){'\\p{Cntrl}','·'}"
          + "%replace( %kvp{NONE}){'^ $',''}%n";

  /** Logback calls this. */
  public LoggingSetup() {}

  /**
   * Makes Vert.x and Hazelcast log through SLF4J. Call it before any of their classes is loaded.
   */
  public static void route() {
    System.setProperty("hazelcast.logging.type", "slf4j");
    System.setProperty(
        "vertx.logger-delegate-factory-class-name",
        "io.vertx.core.logging.SLF4JLogDelegateFactory");
  }

  @Override
  public ExecutionStatus configure(LoggerContext loggers) {
    set(loggers, LoggingOptions.Level.WARN, LoggingOptions.Format.TEXT);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Applies the configuration. */
  public static void apply(LoggingOptions logging) {
    set((LoggerContext) LoggerFactory.getILoggerFactory(), logging.level(), logging.format());
  }

  /** Changes the level and keeps the format. */
  public static void relevel(LoggingOptions.Level level) {
    levels((LoggerContext) LoggerFactory.getILoggerFactory(), level);
  }

  /** Writes the lines that wait and stops logging. */
  public static void close() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }

  private static void set(
      LoggerContext loggers, LoggingOptions.Level level, LoggingOptions.Format format) {
    levels(loggers, level);
    Logger root = loggers.getLogger(Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(new AsyncConsoleAppender(loggers, console(loggers, format)));
  }

  private static void levels(LoggerContext loggers, LoggingOptions.Level level) {
    Level own = Level.toLevel(level.name());
    Level others = others(level);
    loggers.getLogger("io.stentor").setLevel(own);
    loggers.getLogger("io.vertx").setLevel(others);
    loggers.getLogger("com.hazelcast").setLevel(others);
    Logger root = loggers.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(own.isGreaterOrEqual(Level.WARN) ? own : Level.WARN);
    // Vert.x takes every failure of a connection that lives. What arrives here comes after that: a
    // client went away in the middle of an answer, with bytes behind its request that are not HTTP.
    loggers
        .getLogger("io.netty.channel.DefaultChannelPipeline")
        .setLevel(own == Level.TRACE ? Level.WARN : Level.ERROR);
  }

  /** Libraries only log warnings, unless the level is debug or trace. */
  private static Level others(LoggingOptions.Level level) {
    return switch (level) {
      case ERROR -> Level.ERROR;
      case WARN, INFO -> Level.WARN;
      case DEBUG -> Level.INFO;
      case TRACE -> Level.DEBUG;
    };
  }

  private static ConsoleAppender<ILoggingEvent> console(
      LoggerContext loggers, LoggingOptions.Format format) {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(loggers);
    console.setName("console");
    console.setEncoder(format == LoggingOptions.Format.JSON ? json(loggers) : text(loggers));
    console.start();
    return console;
  }

  private static Encoder<ILoggingEvent> text(LoggerContext loggers) {
    PatternLayoutEncoder text = new PatternLayoutEncoder();
    text.setContext(loggers);
    text.setPattern(PATTERN);
    text.start();
    return text;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext loggers) {
    JsonEncoder json = new JsonEncoder();
    json.setContext(loggers);
    json.setWithSequenceNumber(false);
    json.setWithNanoseconds(false);
    json.setWithContext(false);
    json.setWithMessage(false);
    json.setWithArguments(false);
    json.setWithMDC(false);
    json.setWithFormattedMessage(true);
    json.start();
    return json;
  }
}
