package io.stentor.room;

import io.stentor.config.Config;
import io.stentor.config.ConfigLoader;
import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.First;
import io.stentor.config.RoomOptions.History;
import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.config.RoomOptions.Transform;
import io.stentor.config.RoomRules;
import io.stentor.config.TestConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Room options of these tests. */
final class Options {
  static final int QUEUE_BYTES = 10_000;
  private static final Config DEFAULTS =
      new ConfigLoader(Path.of("/"), Map.of()).load(List.of(), List.of()).config();

  private Options() {}

  static RoomOptions usual() {
    return with(new History(10_000, 10_000_000, 300));
  }

  /** New subscribers get the newest message first; the log keeps so many. */
  static RoomOptions latest(int messages) {
    return with(new History(messages, 10_000_000, 300, First.LATEST));
  }

  static RoomOptions with(History history) {
    return changed("history", history);
  }

  /** With so many bytes that may wait to be appended. */
  static RoomOptions queue(int bytes) {
    return changed("appendQueueBytes", bytes);
  }

  /** For slow connections: how many bytes wait for them, and what happens then. */
  static RoomOptions slow(SlowConsumer slow, int tailBytes) {
    return slow(usual().history(), slow, tailBytes, Math.min(1000, tailBytes));
  }

  static RoomOptions slow(History history, SlowConsumer slow, int tailBytes, int maxMessageBytes) {
    return changed(
        "history", history,
        "slowConsumer", slow,
        "tailBytes", tailBytes,
        "appendQueueBytes", Math.max(QUEUE_BYTES, maxMessageBytes),
        "maxMessageBytes", maxMessageBytes);
  }

  static RoomOptions coalescing(int millis) {
    return changed("appendQueueBytes", 10_000, "coalesceMillis", millis);
  }

  static RoomOptions shouting(int maxMessageBytes, History history) {
    return changed(
        "history",
        history,
        "transform",
        Transform.SHOUT,
        "tailBytes",
        10_000,
        "appendQueueBytes",
        10_000,
        "maxMessageBytes",
        maxMessageBytes);
  }

  private static RoomOptions changed(Object... namesAndValues) {
    List<Object> all =
        new ArrayList<>(
            List.of(
                "history",
                new History(10_000, 10_000_000, 300),
                "tailBytes",
                1_000_000,
                "appendQueueBytes",
                QUEUE_BYTES,
                "maxMessageBytes",
                1000));
    all.addAll(List.of(namesAndValues));
    return TestConfig.room(all.toArray());
  }

  /** Rules by which every room has these options. */
  static RoomRules everywhere(RoomOptions options) {
    return new RoomRules(
        new Config(
            DEFAULTS.eventLoops(),
            DEFAULTS.dataDir(),
            DEFAULTS.http(),
            DEFAULTS.webSocket(),
            DEFAULTS.identity(),
            DEFAULTS.cluster(),
            DEFAULTS.logging(),
            DEFAULTS.metrics(),
            DEFAULTS.drain(),
            DEFAULTS.demo(),
            DEFAULTS.limits(),
            options,
            List.of()));
  }
}
