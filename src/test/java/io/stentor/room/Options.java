package io.stentor.room;

import io.stentor.config.Config;
import io.stentor.config.ConfigLoader;
import io.stentor.config.RoomOptions;
import io.stentor.config.RoomOptions.History;
import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.config.RoomOptions.Transform;
import io.stentor.config.RoomOptions.Who;
import io.stentor.config.RoomRules;
import java.nio.file.Path;
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

  static RoomOptions with(History history) {
    return new RoomOptions(
        history,
        Transform.NONE,
        SlowConsumer.DISCONNECT,
        1_000_000,
        QUEUE_BYTES,
        0,
        1000,
        0,
        true,
        Who.ANYONE,
        Who.ANYONE,
        RoomOptions.Reader.SUBSCRIBER,
        RoomOptions.Reader.SUBSCRIBER,
        false);
  }

  /** With so many bytes that may wait to be appended. */
  static RoomOptions queue(int bytes) {
    return new RoomOptions(
        usual().history(),
        Transform.NONE,
        SlowConsumer.DISCONNECT,
        1_000_000,
        bytes,
        0,
        1000,
        0,
        true,
        Who.ANYONE,
        Who.ANYONE,
        RoomOptions.Reader.SUBSCRIBER,
        RoomOptions.Reader.SUBSCRIBER,
        false);
  }

  /** For slow connections: how many bytes wait for them, and what happens then. */
  static RoomOptions slow(SlowConsumer slow, int tailBytes) {
    return slow(usual().history(), slow, tailBytes, Math.min(1000, tailBytes));
  }

  static RoomOptions slow(History history, SlowConsumer slow, int tailBytes, int maxMessageBytes) {
    return new RoomOptions(
        history,
        Transform.NONE,
        slow,
        tailBytes,
        Math.max(QUEUE_BYTES, maxMessageBytes),
        0,
        maxMessageBytes,
        0,
        true,
        Who.ANYONE,
        Who.ANYONE,
        RoomOptions.Reader.SUBSCRIBER,
        RoomOptions.Reader.SUBSCRIBER,
        false);
  }

  static RoomOptions coalescing(int millis) {
    return new RoomOptions(
        usual().history(),
        Transform.NONE,
        SlowConsumer.DISCONNECT,
        1_000_000,
        10_000,
        millis,
        1000,
        0,
        true,
        Who.ANYONE,
        Who.ANYONE,
        RoomOptions.Reader.SUBSCRIBER,
        RoomOptions.Reader.SUBSCRIBER,
        false);
  }

  /** Rules by which every room has these options. */
  static RoomRules everywhere(RoomOptions options) {
    return new RoomRules(
        new Config(
            DEFAULTS.eventLoops(),
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
