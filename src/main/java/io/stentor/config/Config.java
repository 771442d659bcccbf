package io.stentor.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * The complete, validated configuration. Immutable; any thread.
 *
 * <p>{@code conf/stentor.schema.json} declares every option: name, type, default, bounds and
 * meaning. The record components have the names of the options; tests prove that they agree.
 *
 * @param eventLoops number of event loops, each with its own server verticle and sockets; 0 means
 *     one per core
 * @param dataDir directory in which the node keeps its logs; empty keeps them in memory only
 */
public record Config(
    int eventLoops,
    String dataDir,
    HttpOptions http,
    WebSocketOptions webSocket,
    IdentityOptions identity,
    ClusterOptions cluster,
    LoggingOptions logging,
    MetricsOptions metrics,
    DrainOptions drain,
    DemoOptions demo,
    LimitOptions limits,
    RoomOptions roomDefaults,
    List<RoomRule> rooms) {

  /** Rejects rooms that are to be kept on disk if there is no data directory. */
  public Config {
    rooms = List.copyOf(rooms);
    if (dataDir.isEmpty()) {
      requireMemory("roomDefaults", roomDefaults);
      for (int i = 0; i < rooms.size(); i++) {
        requireMemory("rooms." + i, rooms.get(i).options());
      }
    }
  }

  private static void requireMemory(String key, RoomOptions options) {
    RoomOptions.Durability durability = options.history().durability();
    ConfigException.require(
        durability == RoomOptions.Durability.MEMORY,
        key + ".history.durability",
        durability.name().toLowerCase(Locale.ROOT),
        "\"memory\" or \"auto\", because dataDir is empty");
  }

  /**
   * Timeouts of WebSocket connections.
   *
   * @param pingIntervalSeconds silence after which a client is pinged; 0 never pings
   * @param pongTimeoutSeconds a client that sends nothing for this long after a ping is closed with
   *     3012
   * @param closeTimeoutSeconds how long a client may take to answer a close frame before the
   *     connection is reset
   */
  public record WebSocketOptions(
      int pingIntervalSeconds, int pongTimeoutSeconds, int closeTimeoutSeconds) {}

  /**
   * Logging.
   *
   * @param level minimum log level
   * @param format {@code TEXT} for people, {@code JSON} for machines: one object per line
   */
  public record LoggingOptions(Level level, Format format) {

    /** Levels, most important first. */
    public enum Level {
      ERROR,
      WARN,
      INFO,
      DEBUG,
      TRACE
    }

    /** Formats of a log line. */
    public enum Format {
      TEXT,
      JSON
    }
  }

  /**
   * Metrics for Prometheus.
   *
   * @param enabled whether {@code /metrics} is served and durations are measured
   * @param port a separate TCP port for {@code /metrics} and {@code /health}; 0 serves {@code
   *     /metrics} on the port of {@code http}
   */
  public record MetricsOptions(boolean enabled, int port) {}

  /**
   * How a node stops.
   *
   * @param balancerSeconds how long it keeps serving while not ready, so that a load balancer
   *     notices
   * @param leaveSeconds maximum time over which its clients are disconnected
   * @param timeoutSeconds after which the process exits, whatever is unfinished
   */
  public record DrainOptions(int balancerSeconds, int leaveSeconds, int timeoutSeconds) {
    public DrainOptions {
      ConfigException.require(
          timeoutSeconds > balancerSeconds + leaveSeconds,
          "timeoutSeconds",
          timeoutSeconds,
          "more than balancerSeconds and leaveSeconds together");
    }
  }

  /**
   * A simulated market in the rooms {@code quotes:*}.
   *
   * @param enabled whether this node takes part in it
   * @param updatesPerSecond prices published per second, over all symbols
   */
  public record DemoOptions(boolean enabled, int updatesPerSecond) {}

  /**
   * The options of the rooms whose names match a pattern. The first rule that matches a name
   * applies.
   *
   * @param match a room name in which {@code *} matches any characters
   * @param options complete: those that the rule leaves out are taken from {@code roomDefaults}
   */
  public record RoomRule(String match, RoomOptions options) {}

  /** Returns a copy with one more API key. */
  public Config withKey(IdentityOptions.ApiKey key) {
    return new Config(
        eventLoops,
        dataDir,
        http,
        webSocket,
        identity.withKey(key),
        cluster,
        logging,
        metrics,
        drain,
        demo,
        limits,
        roomDefaults,
        rooms);
  }

  /** Describes the rooms in which anyone may publish, for log lines. */
  public List<String> openRooms() {
    List<String> open = new ArrayList<>();
    for (RoomRule rule : rooms) {
      if (rule.options().publish() == RoomOptions.Who.ANYONE) {
        open.add("rooms \"" + rule.match() + "\"");
      }
    }
    if (roomDefaults.publish() == RoomOptions.Who.ANYONE) {
      open.add(open.size() == rooms.size() ? "every room" : "every room without a rule");
    }
    return open.contains("every room") ? List.of("every room") : open;
  }

  /** Returns whether messages of any room may be compressed. */
  public boolean anyCompression() {
    return roomDefaults.compression()
        || rooms.stream().anyMatch(rule -> rule.options().compression());
  }

  /** Returns the largest {@code maxMessageBytes} of any room. */
  public int largestMessageBytes() {
    return maximum(RoomOptions::maxMessageBytes);
  }

  /** Returns the largest {@code history.ageSeconds} of any room. */
  public int longestAgeSeconds() {
    return maximum(options -> options.history().ageSeconds());
  }

  private int maximum(ToIntFunction<RoomOptions> option) {
    IntStream ofRules = rooms.stream().map(RoomRule::options).mapToInt(option);
    return ofRules.reduce(option.applyAsInt(roomDefaults), Math::max);
  }
}
