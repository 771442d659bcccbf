package io.stentor.config;

/**
 * How one room behaves.
 *
 * @param history what the room's log keeps
 * @param transform what is done to each text before it is appended
 * @param slowConsumer what happens to a cursor that falls off the room's tail
 * @param tailBytes limit of encoded bytes that wait for slow connections, per room, event loop and
 *     format; a cursor left behind by it meets {@code slowConsumer}
 * @param appendQueueBytes limit of bytes that wait to be appended, per room and node; at it,
 *     WebSocket publishers are not read and HTTP publishers are refused
 * @param coalesceMillis how long deliveries are gathered into one write; 0 gathers only what comes
 *     in one turn of the event loop
 * @param maxMessageBytes limit of one message in bytes of UTF-8, as it comes and after the
 *     transform; a longer one is refused (WebSocket close code 1009)
 * @param ratePerSecond messages that one node takes in a second; 0 for no limit. Over it, WebSocket
 *     publishers are not read for a while and HTTP publishers are refused
 * @param presence whether it is known who is in the room
 * @param publish who may publish
 * @param subscribe who may listen
 * @param readHistory who may read what was said before; who may not joins at the end
 * @param readPresence who may see who is there
 * @param pushJoinLeave whether Centrifuge clients are told who comes and goes without asking
 */
public record RoomOptions(
    History history,
    Transform transform,
    SlowConsumer slowConsumer,
    int tailBytes,
    int appendQueueBytes,
    int coalesceMillis,
    int maxMessageBytes,
    int ratePerSecond,
    boolean presence,
    Who publish,
    Who subscribe,
    Reader readHistory,
    Reader readPresence,
    boolean pushJoinLeave) {

  /** Refuses limits that a message of the allowed size would not fit into. */
  public RoomOptions {
    String allowed = "at least maxMessageBytes, which is " + maxMessageBytes;
    ConfigException.require(
        history.messages() == 0 || history.bytes() >= maxMessageBytes,
        "history.bytes",
        history.bytes(),
        allowed);
    ConfigException.require(tailBytes >= maxMessageBytes, "tailBytes", tailBytes, allowed);
    ConfigException.require(
        appendQueueBytes >= maxMessageBytes, "appendQueueBytes", appendQueueBytes, allowed);
  }

  /**
   * What a room's log keeps: whichever of the three limits is met first lets the oldest message go.
   *
   * @param messages number of messages; 0 means no log: at most once, no positions
   * @param bytes sum of the messages' sizes
   * @param ageSeconds age of the oldest message; also how long an idle room's log is kept
   */
  public record History(int messages, int bytes, int ageSeconds) {}

  /** Who may do something. */
  public enum Who {
    /** Everyone. */
    ANYONE,
    /** Who has proved an identity: users and servers. */
    AUTHENTICATED,
    /** Those whose token names the room, and servers. */
    TOKEN,
    /** Servers: holders of an API key. */
    SERVER
  }

  /** Who may read something. */
  public enum Reader {
    /** Whoever may listen. */
    SUBSCRIBER,
    /** Everyone. */
    ANYONE,
    /** Who has proved an identity: users and servers. */
    AUTHENTICATED,
    /** Those whose token names the room, and servers. */
    TOKEN,
    /** Servers: holders of an API key. */
    SERVER
  }

  /** What is done to each text before it is appended. */
  public enum Transform {
    /** Nothing. */
    NONE,
    /** Upper case (of no locale) and three exclamation marks: the tutorial's chat room. */
    SHOUT
  }

  /** What happens to a cursor that falls off the room's tail. */
  public enum SlowConsumer {
    /** The connection is closed with 3008; it may resume from its position. */
    DISCONNECT,
    /** The cursor leaves out what it missed and is told of the gap where the format can tell. */
    SKIP,
    /** The cursor goes on with the newest message. */
    LATEST
  }
}
