package io.stentor.config;

import io.stentor.config.RoomOptions.History;
import io.stentor.config.RoomOptions.Reader;
import io.stentor.config.RoomOptions.SlowConsumer;
import io.stentor.config.RoomOptions.Transform;
import io.stentor.config.RoomOptions.Who;

/**
 * The room in which the nodes themselves say how they are, for the console. No rule of a
 * configuration is about it: only holders of an admin key may read it, and nobody but the nodes
 * publishes there. Any thread.
 */
public final class ConsoleRoom {

  /** Its name, which no other room can have. */
  public static final String NAME = ".stentor";

  private static final int MAX_MESSAGE_BYTES = 16 * 1024;
  private static final int WAITING_BYTES = 256 * 1024;

  /** Ten minutes of six nodes; of more nodes, fewer minutes. */
  private static final History HISTORY = new History(6000, 3 * 1024 * 1024, 600);

  /** How it behaves. */
  static final RoomOptions OPTIONS =
      new RoomOptions(
          HISTORY,
          Transform.NONE,
          SlowConsumer.LATEST,
          WAITING_BYTES,
          WAITING_BYTES,
          0,
          MAX_MESSAGE_BYTES,
          0,
          false,
          Who.SERVER,
          Who.SERVER,
          Reader.SERVER,
          Reader.SERVER,
          false);

  private ConsoleRoom() {}

  /** Whether a name is that of this room. */
  public static boolean is(String room) {
    return room.equals(NAME);
  }
}
