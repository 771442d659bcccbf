package io.stentor.centrifuge;

import io.stentor.admission.Limit;
import io.stentor.admission.Limits;
import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.http.LoopContext;
import io.stentor.identity.Identity;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The subscriptions of one session, by room. Confined to one event loop. */
final class Subscriptions implements Subscription.Owner {

  private final LoopContext loop;
  private final ClientWriter writer;
  private final CommandReader reader;
  private final Client client;
  private final Map<RoomName, Subscription> rooms = new HashMap<>();

  Subscriptions(LoopContext loop, ClientWriter writer, CommandReader reader, Client client) {
    this.loop = loop;
    this.writer = writer;
    this.reader = reader;
    this.client = client;
  }

  /**
   * Adds a subscription that is undecided.
   *
   * @param reply the reply to the client's command, for errors
   * @throws CommandError if the client is subscribed to that room, or to too many, or if the filter
   *     is invalid
   */
  Subscription add(RoomName room, SubscribeRequest request, ReplyHandle reply) {
    if (rooms.containsKey(room)) {
      throw new CommandError(ErrorCode.ALREADY_SUBSCRIBED);
    }
    Limits limits = loop.rooms().limits();
    int most = limits.options().roomsPerConnection();
    if (most > 0 && rooms.size() >= most) {
      limits.hit(Limit.ROOMS_PER_CONNECTION, client.user());
      if (!limits.isDryRun()) {
        throw new CommandError(
            ErrorCode.LIMIT_EXCEEDED, "a connection has at most " + most + " subscriptions");
      }
    }
    Subscription subscription = new Subscription(this, room, request, reply);
    rooms.put(room, subscription);
    return subscription;
  }

  @Nullable Subscription get(RoomName room) {
    return rooms.get(room);
  }

  /** Returns the identity of the client in a room, which a token for that room extends. */
  Identity identity(RoomName room) {
    SubscriptionGrant grant = grant(room);
    return grant == null ? client.identity() : grant.identity();
  }

  /** Returns the client as a member of a room. */
  Member member(RoomName room) {
    SubscriptionGrant grant = grant(room);
    return client.member(grant == null ? null : grant.info());
  }

  private @Nullable SubscriptionGrant grant(RoomName room) {
    Subscription subscription = rooms.get(room);
    return subscription == null ? null : subscription.grant();
  }

  /**
   * Ends the subscriptions that the current configuration does not allow, once they are decided.
   */
  void recheck() {
    List.copyOf(rooms.values()).forEach(one -> one.whenDecided(one::recheck));
  }

  /** Starts the publications after the reply to connect was sent. */
  void live() {
    List.copyOf(rooms.values()).forEach(Subscription::live);
  }

  /** Must be called when the transport is writable again. */
  void drained() {
    List.copyOf(rooms.values()).forEach(Subscription::drained);
  }

  /** Must be called when the session has ended. */
  void closed() {
    List.copyOf(rooms.values()).forEach(Subscription::leave);
  }

  @Override
  public LoopContext loop() {
    return loop;
  }

  @Override
  public ClientWriter writer() {
    return writer;
  }

  @Override
  public CommandReader reader() {
    return reader;
  }

  @Override
  public Client client() {
    return client;
  }

  @Override
  public int size() {
    return rooms.size();
  }

  @Override
  public void remove(Subscription subscription) {
    rooms.remove(subscription.room(), subscription);
  }
}
