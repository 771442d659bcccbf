package io.stentor.centrifuge;

import io.stentor.admission.Limit;
import io.stentor.admission.Limits;
import io.stentor.identity.Identity;
import io.stentor.message.Member;
import io.stentor.message.RoomName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rooms of one session. One event loop. */
final class Subscriptions {

  private final Session session;
  private final Map<RoomName, Subscription> rooms = new HashMap<>();

  Subscriptions(Session session) {
    this.session = session;
  }

  /**
   * Takes a place for a room.
   *
   * @throws Refusal when the client is in that room, or in too many
   */
  void add(Subscription subscription) {
    if (rooms.containsKey(subscription.room())) {
      throw new Refusal(ErrorCode.ALREADY_SUBSCRIBED);
    }
    Limits limits = session.site().rooms().limits();
    int most = limits.options().roomsPerConnection();
    if (most > 0 && rooms.size() >= most) {
      limits.met(Limit.ROOMS_PER_CONNECTION, session.client().user());
      if (!limits.isDryRun()) {
        throw new Refusal(
            ErrorCode.LIMIT_EXCEEDED, "a connection has at most " + most + " subscriptions");
      }
    }
    rooms.put(subscription.room(), subscription);
  }

  void remove(Subscription subscription) {
    rooms.remove(subscription.room(), subscription);
  }

  int size() {
    return rooms.size();
  }

  @Nullable Subscription get(RoomName room) {
    return rooms.get(room);
  }

  /** Who the client is in a room, with what a token for that room says. */
  Identity identity(RoomName room) {
    Terms terms = terms(room);
    return terms == null ? session.client().identity() : terms.identity();
  }

  /** Who the client is to the others of a room. */
  Member member(RoomName room) {
    Terms terms = terms(room);
    return session.client().member(terms == null ? null : terms.info());
  }

  private @Nullable Terms terms(RoomName room) {
    Subscription subscription = rooms.get(room);
    return subscription == null ? null : subscription.terms();
  }

  /** Ends what the present configuration does not allow, as soon as it is decided. */
  void recheck() {
    List.copyOf(rooms.values()).forEach(one -> one.opening().whenDecided(one::recheck));
  }

  /** Connect was answered. */
  void live() {
    List.copyOf(rooms.values()).forEach(Subscription::live);
  }

  /** The client takes more again. */
  void drained() {
    List.copyOf(rooms.values()).forEach(Subscription::drained);
  }

  /** The client is gone. */
  void closed() {
    List.copyOf(rooms.values()).forEach(Subscription::leave);
  }
}
