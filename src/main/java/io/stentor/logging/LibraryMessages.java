package io.stentor.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Shortens the warnings of Vert.x, Netty and Hazelcast unless {@code logging.level} is debug or
 * trace: one line each, without stack trace and class names, and the same line, apart from its
 * numbers, at most once in {@value #AGAIN_MINUTES} minutes. A failure of Stentor's own code keeps
 * its stack trace. Warnings about a lost node are left out: they are dozens of lines, where {@link
 * io.stentor.cluster} writes one. Any thread.
 */
public final class LibraryMessages {
  static final int AGAIN_MINUTES = 10;

  /** Number of different lines that are remembered; beyond it, the oldest is forgotten. */
  private static final int REMEMBERED = 256;

  /** What the names of the loggers of joiners start with. This node reports why it cannot join. */
  private static final String JOINERS = "io.stentor.cluster.CheckedJoiners$";

  /**
   * What the loggers of libraries start with. Hazelcast's joiners log in the name of a subclass.
   */
  private static final List<String> LIBRARIES =
      List.of("io.vertx.", "io.netty.", "com.hazelcast.", JOINERS);

  /** Loggers that report connections to other nodes, and answers that no longer come from them. */
  private static final Set<String> OF_LOST_NODES =
      Set.of(
          "com.hazelcast.internal.server.tcp.TcpServerConnection",
          "com.hazelcast.internal.server.tcp.TcpServerConnectionErrorHandler",
          "com.hazelcast.internal.server.tcp.TcpServerConnector",
          "com.hazelcast.internal.cluster.impl.ClusterHeartbeatManager",
          "com.hazelcast.internal.cluster.impl.MembershipManager",
          "com.hazelcast.internal.cluster.impl.MulticastService",
          "com.hazelcast.internal.cluster.impl.operations.SplitBrainMergeValidationOp",
          "com.hazelcast.internal.partition.InternalPartitionService",
          "com.hazelcast.internal.partition.impl.MigrationManager",
          "com.hazelcast.internal.partition.operation.MigrationRequestOperation",
          "com.hazelcast.map.impl.operation.MapClearExpiredOperation",
          "com.hazelcast.spi.impl.operationservice.OperationService",
          "com.hazelcast.spi.impl.operationservice.impl.InboundResponseHandler",
          "com.hazelcast.spi.impl.operationservice.impl.InvocationMonitor",
          "com.hazelcast.spi.impl.operationservice.impl.OutboundResponseHandler",
          "io.vertx.core.eventbus.impl.clustered.ClusteredEventBus",
          "io.vertx.core.eventbus.impl.clustered.OutboundConnection",
          "io.vertx.core.net.impl.ConnectionBase");

  /** Loggers that report what this node reports itself, or what does not apply to it. */
  private static final Set<String> OF_NO_USE =
      Set.of(
          "com.hazelcast.cp.CPSubsystem",
          "com.hazelcast.instance.impl.Node",
          "com.hazelcast.security",
          "io.vertx.core.impl.VertxImpl");

  /** {@code [127.0.0.1]:5701 [cluster] [5.3.8] } */
  private static final Pattern PREFIX =
      Pattern.compile("^\\[\\S+\\](:\\d+)? \\[.*?\\] \\[\\d[\\d.]*\\S*\\] ");

  private static final Pattern TLS_FAILURE = Pattern.compile("javax\\.net\\.ssl\\.SSL\\w+(: )?");

  private static final Pattern CLASS_NAME =
      Pattern.compile("\\b([a-z]\\w*\\.){2,}(?=[A-Z])[\\w$]+(: )?");

  /** Ids, counts, times and addresses do not make a line a new one. */
  private static final Pattern NUMBER =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\\d+");

  private final LoggerContext loggers;
  private final LongSupplier millis;
  private final Map<String, Long> last =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * Creates a filter.
   *
   * @param millis a clock that never goes back
   */
  public LibraryMessages(LoggerContext loggers, LongSupplier millis) {
    this.loggers = loggers;
    this.millis = millis;
  }

  /** Returns the event to write instead; null for none. */
  @Nullable
  public ILoggingEvent written(ILoggingEvent event) {
    String name = event.getLoggerName();
    if (LIBRARIES.stream().noneMatch(name::startsWith) || isWatched()) {
      return event;
    }
    if (name.startsWith(JOINERS)) {
      return null;
    }
    String ours = ourPlace(event.getThrowableProxy());
    if (ours != null) {
      return isNew(name + " " + ours) ? event : null;
    }
    boolean ofLostNode = OF_LOST_NODES.contains(name);
    String tls = ofLostNode ? failureOfTls(event) : null;
    if (OF_NO_USE.contains(name) || (ofLostNode && tls == null)) {
      return null;
    }
    String text = tls == null ? text(event) : "TLS with another node failed: " + tls;
    return isNew(name + " " + text) ? replaced(event, text) : null;
  }

  /** Returns whether the log level asks for everything. */
  private boolean isWatched() {
    return loggers.getLogger("io.stentor").getEffectiveLevel().toInt() <= Level.DEBUG_INT;
  }

  /** Kind and place of a failure of Stentor's own code, whose stack trace is needed; or null. */
  private static @Nullable String ourPlace(@Nullable IThrowableProxy failure) {
    for (IThrowableProxy cause = failure; cause != null; cause = cause.getCause()) {
      for (StackTraceElementProxy frame : cause.getStackTraceElementProxyArray()) {
        if (frame.getStackTraceElement().getClassName().startsWith("io.stentor.")) {
          return cause.getClassName() + " " + frame;
        }
      }
    }
    return null;
  }

  /** Why the other node, which is there, cannot be trusted; null where that is not the matter. */
  private static @Nullable String failureOfTls(ILoggingEvent event) {
    IThrowableProxy cause = event.getThrowableProxy();
    while (cause != null && !TLS_FAILURE.matcher(cause.getClassName()).lookingAt()) {
      cause = cause.getCause();
    }
    if (cause != null) {
      return String.valueOf(cause.getMessage());
    }
    Matcher message = TLS_FAILURE.matcher(event.getFormattedMessage());
    return message.find() ? event.getFormattedMessage().substring(message.end()) : null;
  }

  private static String text(ILoggingEvent event) {
    String message = PREFIX.matcher(event.getFormattedMessage()).replaceFirst("");
    IThrowableProxy cause = event.getThrowableProxy();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String why = cause == null ? "" : String.valueOf(cause.getMessage());
    String whole = why.isEmpty() || message.contains(why) ? message : message + ": " + why;
    return CLASS_NAME.matcher(whole).replaceAll("");
  }

  private synchronized boolean isNew(String text) {
    String line = NUMBER.matcher(text).replaceAll("#");
    long now = millis.getAsLong();
    Long before = last.get(line);
    if (before != null && now - before < TimeUnit.MINUTES.toMillis(AGAIN_MINUTES)) {
      return false;
    }
    last.remove(line);
    last.put(line, now);
    return true;
  }

  private ILoggingEvent replaced(ILoggingEvent event, String text) {
    LoggingEvent line =
        new LoggingEvent(
            LibraryMessages.class.getName(),
            loggers.getLogger(event.getLoggerName()),
            event.getLevel(),
            text.replace("{}", "{ }"),
            null,
            null);
    line.setInstant(event.getInstant());
    line.setThreadName(event.getThreadName());
    return line;
  }
}
