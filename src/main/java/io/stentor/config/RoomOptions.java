package io.stentor.config;

import java.util.Locale;

/**
 * The options of one room.
 *
 * @param history what the room's log keeps
 * @param transform how texts are changed before they are appended
 * @param slowConsumer what happens to a cursor that falls off the room's tail
 * @param tailBytes maximum number of encoded bytes queued for slow connections, per room, event
 *     loop and format; {@code slowConsumer} applies to cursors that fall behind it
 * @param appendQueueBytes maximum number of bytes queued for appending, per room and node; above
 *     it, reads from WebSocket publishers are paused and HTTP publishes are refused
 * @param coalesceMillis how long deliveries are collected into one write; 0 collects only those of
 *     one turn of the event loop
 * @param maxMessageBytes maximum size of one message in bytes of UTF-8, before and after the
 *     transform; a longer one is refused (WebSocket close code 1009)
 * @param allowBinary whether binary messages are allowed
 * @param compression whether messages are sent compressed to WebSockets whose clients offer it
 * @param allowDelta whether subscribers that ask for it are sent deltas; no effect without a log
 * @param ratePerSecond messages that one node accepts per second; 0 for no limit. Above it, reads
 *     from WebSocket publishers are paused and HTTP publishes are refused
 * @param presence whether the members of the room are tracked
 * @param publish who may publish
 * @param subscribe who may subscribe
 * @param readHistory who may read past messages; others start with new messages
 * @param readPresence who may see the members
 * @param pushJoinLeave whether Centrifuge clients get join and leave events without asking
 */
public record RoomOptions(
    History history,
    Transform transform,
    SlowConsumer slowConsumer,
    int tailBytes,
    int appendQueueBytes,
    int coalesceMillis,
    int maxMessageBytes,
    boolean allowBinary,
    boolean compression,
    boolean allowDelta,
    int ratePerSecond,
    boolean presence,
    Who publish,
    Who subscribe,
    Reader readHistory,
    Reader readPresence,
    boolean pushJoinLeave) {

  /** Maximum size of a log on disk, which is written as one record when space is reclaimed. */
  private static final int MAX_BYTES_ON_DISK = 64 << 20;

  /**
   * Rejects limits that are smaller than a message of the allowed size, and logs too large to keep
   * on disk.
   */
  public RoomOptions {
    String allowed = "at least maxMessageBytes, which is " + maxMessageBytes;
    ConfigException.require(
        history.messages() == 0 || history.bytes() >= maxMessageBytes,
        "history.bytes",
        history.bytes(),
        allowed);
    ConfigException.require(
        history.durability() == Durability.MEMORY || history.bytes() <= MAX_BYTES_ON_DISK,
        "history.bytes",
        history.bytes(),
        "at most " + MAX_BYTES_ON_DISK + " in a room that is kept on disk");
    ConfigException.require(tailBytes >= maxMessageBytes, "tailBytes", tailBytes, allowed);
    ConfigException.require(
        appendQueueBytes >= maxMessageBytes, "appendQueueBytes", appendQueueBytes, allowed);
  }

  /**
   * Creates the options of a room that only servers use, without members and rates.
   *
   * @param queueBytes both {@code tailBytes} and {@code appendQueueBytes}
   */
  static RoomOptions forServers(
      History history, SlowConsumer slowConsumer, int queueBytes, int maxMessageBytes) {
    return new RoomOptions(
        history,
        Transform.NONE,
        slowConsumer,
        queueBytes,
        queueBytes,
        0,
        maxMessageBytes,
        false,
        false,
        false,
        0,
        false,
        Who.SERVER,
        Who.SERVER,
        Reader.SERVER,
        Reader.SERVER,
        false);
  }

  /**
   * The limits of a room's log, and what new subscribers get of it. When a limit is exceeded, the
   * oldest messages are removed.
   *
   * @param messages number of messages; 0 means no log: at-most-once delivery without positions
   * @param bytes total size of the messages
   * @param ageSeconds age of the oldest message; also how long the log of an idle room is kept
   * @param durability where a message is kept before it is acknowledged and delivered; always
   *     {@code MEMORY} without a log
   * @param onJoin what a new subscriber gets first
   */
  public record History(
      int messages, int bytes, int ageSeconds, Durability durability, First onJoin) {

    /** Rejects a first message of a log that keeps none. */
    public History {
      if (messages == 0) {
        durability = Durability.MEMORY;
      }
      ConfigException.require(
          onJoin == First.NONE || messages > 0,
          "onJoin",
          onJoin.name().toLowerCase(Locale.ROOT),
          "\"none\", because history.messages is 0");
    }

    /** Creates a log in memory. */
    public History(int messages, int bytes, int ageSeconds, First onJoin) {
      this(messages, bytes, ageSeconds, Durability.MEMORY, onJoin);
    }

    /** Creates a log in memory of which new subscribers get nothing. */
    public History(int messages, int bytes, int ageSeconds) {
      this(messages, bytes, ageSeconds, First.NONE);
    }

    /** Returns whether a new subscriber gets the newest message first. */
    public boolean startsWithLatest() {
      return onJoin == First.LATEST;
    }
  }

  /**
   * Where a message is kept before it is acknowledged and delivered. In a cluster this holds for
   * both nodes that have the log.
   */
  public enum Durability {
    /** In the memory of the processes. */
    MEMORY,
    /** Handed to the operating systems, which write it to their disks. */
    BUFFERED,
    /** Flushed to the disks. */
    SYNCED
  }

  /** What a new subscriber gets first. */
  public enum First {
    /** The next message. */
    NONE,
    /** The newest message of the log. */
    LATEST
  }

  /** Who may do something. */
  public enum Who {
    /** Everyone. */
    ANYONE,
    /** Authenticated users, and servers. */
    AUTHENTICATED,
    /** Those whose token names the room, and servers. */
    TOKEN,
    /** Servers: holders of an API key. */
    SERVER
  }

  /** Who may read something. */
  public enum Reader {
    /** Everyone who may subscribe. */
    SUBSCRIBER,
    /** Everyone. */
    ANYONE,
    /** Authenticated users, and servers. */
    AUTHENTICATED,
    /** Those whose token names the room, and servers. */
    TOKEN,
    /** Servers: holders of an API key. */
    SERVER
  }

  /** How texts are changed before they are appended. */
  public enum Transform {
    /** They are not changed. */
    NONE,
    /** Upper case, independent of locale, and three exclamation marks: the tutorial's chat room. */
    SHOUT
  }

  /** What happens to a cursor that falls off the room's tail. */
  public enum SlowConsumer {
    /** The connection is closed with 3008; it may resume from its position. */
    DISCONNECT,
    /** The cursor skips what it missed; the client is told if the format can express it. */
    SKIP,
    /** The cursor jumps to the newest message. */
    LATEST
  }
}
