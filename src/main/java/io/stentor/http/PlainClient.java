package io.stentor.http;

import io.stentor.connection.ControllableConnection;
import io.stentor.connection.SwapRemoveList;
import io.stentor.identity.Expiries;
import io.stentor.identity.Identity;
import io.stentor.message.CloseReason;
import io.stentor.message.FilterQuery;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.room.Connection;
import io.stentor.room.Cursor;
import io.stentor.room.Cursor.Start;
import io.stentor.room.JoinLimitReached;
import io.vertx.core.http.HttpServerRequest;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client of a plain connection (WebSocket, event stream or long poll) with its cursor in one
 * room, and its request parameters. While the client is registered, its connection can be closed by
 * the server API, by the expiry of its token, or by a configuration change. Must be used on one
 * event loop only.
 */
public final class PlainClient implements ControllableConnection {

  private final LoopContext loop;
  private final Member member;
  private final Identity identity;
  private final BooleanSupplier allowed;
  private final Consumer<CloseReason> close;
  private final SwapRemoveList.Place place = new SwapRemoveList.Place();
  private final Expiries.@Nullable ScheduledExpiry expiry;
  private @Nullable Cursor cursor;
  private boolean ended;

  /**
   * Creates and registers a client. The caller must then call {@link #recheck}, because the
   * configuration may have changed since the request was admitted.
   *
   * @param member the client as other members see it
   * @param identity the authenticated identity
   * @param allowed whether the current configuration allows the connection
   * @param close closes the connection
   */
  public PlainClient(
      LoopContext loop,
      Member member,
      Identity identity,
      BooleanSupplier allowed,
      Consumer<CloseReason> close) {
    this.loop = loop;
    this.member = member;
    this.identity = identity;
    this.allowed = allowed;
    this.close = close;
    this.expiry =
        loop.expiries().add(identity.expiresAt(), () -> close.accept(CloseReason.EXPIRED));
    loop.registry().add(this);
  }

  public Member member() {
    return member;
  }

  public Identity identity() {
    return identity;
  }

  /**
   * Joins the room. If the client ends meanwhile, it leaves the room again.
   *
   * @param connection the connection of this client
   * @throws JoinLimitReached if this node has reached a limit
   */
  public void join(RoomName room, Connection connection, Start start) throws JoinLimitReached {
    Cursor placed = loop.rooms().join(room, connection, start, loop.eventLoop());
    cursor = placed;
    if (ended) {
      placed.leave();
    }
  }

  /** Returns the client's cursor; null before {@link #join} has returned. */
  public @Nullable Cursor cursor() {
    return cursor;
  }

  /** Must be called when the connection is writable again. */
  public void drained() {
    if (cursor != null) {
      cursor.drained();
    }
  }

  /** Leaves the room and unregisters the client. Idempotent. */
  public void end() {
    ended = true;
    loop.registry().remove(this);
    loop.expiries().remove(expiry);
    if (cursor != null) {
      cursor.leave();
    }
  }

  @Override
  public String user() {
    return member.user();
  }

  @Override
  public String connection() {
    return member.connection();
  }

  @Override
  public void close(CloseReason reason) {
    close.accept(reason);
  }

  @Override
  public void recheck() {
    if (!allowed.getAsBoolean()) {
      close.accept(CloseReason.MAY_NOT_STAY);
    }
  }

  @Override
  public SwapRemoveList.Place place() {
    return place;
  }

  /**
   * Creates a member with a new connection id. A user whose token contains a name cannot use
   * another one.
   *
   * @param name the query parameter {@code name}; null if absent
   * @throws IllegalArgumentException if the name is not allowed; the message is one sentence for
   *     the client
   */
  public static Member member(Identity identity, @Nullable String name) {
    String user = user(identity, name);
    return new Member(UUID.randomUUID().toString(), user, identity.info(), null);
  }

  /**
   * The user name that other members see; empty if anonymous.
   *
   * @param name the query parameter {@code name}; null if absent
   * @throws IllegalArgumentException if the name is not allowed; the message is one sentence for
   *     the client
   */
  public static String user(Identity identity, @Nullable String name) {
    String verified = identity.user();
    if (name == null) {
      return verified;
    }
    if (verified.isEmpty()) {
      return Member.checkedName(name);
    }
    if (!verified.equals(name)) {
      throw new IllegalArgumentException("your token says who you are: leave the name out");
    }
    return verified;
  }

  /**
   * The filter that a query requests.
   *
   * @return null for none
   * @throws RequestRefused if the filter is invalid
   */
  public static @Nullable TagFilter filter(HttpServerRequest request) {
    // A semicolon that is not encoded belongs to the filter.
    String filter = request.query() == null ? null : request.params(true).get("filter");
    try {
      return filter == null ? null : FilterQuery.parse(filter);
    } catch (IllegalArgumentException e) {
      throw RequestRefused.of(ProblemType.BAD_REQUEST, "filter: " + e.getMessage() + ".")
          .with("parameter", "filter");
    }
  }

  /**
   * The start position that a query requests.
   *
   * @throws IllegalArgumentException if the parameters are invalid; the message is one sentence for
   *     the client
   */
  public static Start start(@Nullable String since, @Nullable String last) {
    if (since != null && last != null) {
      throw new IllegalArgumentException("since and last exclude each other: give one of them");
    }
    if (since != null) {
      return new Start.Since(Position.parse(since));
    }
    return last == null ? new Start.AsConfigured() : new Start.Last(number(last));
  }

  private static int number(String last) {
    if (!last.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("last is a number of messages, 0 or more");
    }
    return Integer.parseInt(last);
  }
}
