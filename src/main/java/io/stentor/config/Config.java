package io.stentor.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Everything that can be configured, checked. {@code conf/stentor.json} holds every option at its
 * default and is the only place where defaults stand; {@code conf/stentor.schema.json} says what
 * each may be. Immutable; any thread.
 *
 * @param eventLoops number of event loops, each with a server verticle and sockets of its own; 0
 *     means one per core
 */
public record Config(
    int eventLoops,
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

  public Config {
    rooms = List.copyOf(rooms);
  }

  /** The same with one key of a server more. */
  public Config withKey(ApiKey key) {
    List<ApiKey> keys = new ArrayList<>(identity.apiKeys());
    keys.add(key);
    IdentityOptions more =
        new IdentityOptions(
            keys,
            identity.anonymous(),
            identity.insecure(),
            identity.demoLogin(),
            identity.tokens());
    return new Config(
        eventLoops,
        http,
        webSocket,
        more,
        cluster,
        logging,
        metrics,
        drain,
        demo,
        limits,
        roomDefaults,
        rooms);
  }

  /** The rooms that take messages of anyone, for people. */
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

  /** The limit of the room that takes the longest messages, in bytes. */
  public int largestMessageBytes() {
    int largest = roomDefaults.maxMessageBytes();
    for (RoomRule rule : rooms) {
      largest = Math.max(largest, rule.options().maxMessageBytes());
    }
    return largest;
  }

  /** The age that the log of some room keeps the longest, in seconds. */
  public int longestAgeSeconds() {
    int longest = roomDefaults.history().ageSeconds();
    for (RoomRule rule : rooms) {
      longest = Math.max(longest, rule.options().history().ageSeconds());
    }
    return longest;
  }
}
