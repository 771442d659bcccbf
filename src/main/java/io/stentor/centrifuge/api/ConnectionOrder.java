package io.stentor.centrifuge.api;

import io.stentor.centrifuge.Session;
import io.stentor.centrifuge.codec.CommandError;
import io.stentor.cluster.ClusterCall;
import io.stentor.cluster.ClusterCall.Declined;
import io.stentor.connection.ConnectionRegistries;
import io.stentor.connection.ConnectionRegistry;
import io.stentor.connection.ControllableConnection;
import io.stentor.identity.TokenClaims.ConnectionClaims.Subscribed;
import io.stentor.identity.TokenClaims.SubscriptionOverride;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A server's order to some connections, such as disconnect. Idempotent. */
interface ConnectionOrder {

  Map<String, Function<JsonFields, ConnectionOrder>> READERS =
      Map.of(
          "disconnect", DisconnectOrder::of,
          "unsubscribe", UnsubscribeOrder::of,
          "subscribe", SubscribeOrder::of,
          "refresh", RefreshOrder::of);

  /** All orders, in the order of the documentation. */
  List<String> NAMES = List.of("subscribe", "unsubscribe", "disconnect", "refresh");

  /**
   * Reads an order.
   *
   * @throws io.stentor.centrifuge.codec.CommandError if it is invalid for every connection
   */
  static ConnectionOrder of(String name, JsonFields request) {
    return Objects.requireNonNull(READERS.get(name)).apply(request);
  }

  Target target();

  /**
   * Applies the order on the event loop of the connection; no-op if it does not support it.
   *
   * @return completes when it is done
   */
  Future<Void> apply(ControllableConnection connection);

  /**
   * {@code disconnect}: closes connections on every transport.
   *
   * @param spared ids of connections that stay open
   */
  record DisconnectOrder(Target target, List<String> spared, CloseReason reason)
      implements ConnectionOrder {

    private static final CloseReason FORCED = new CloseReason(3503, "force disconnect");
    private static final int LEAST_CODE = 3000;

    static DisconnectOrder of(JsonFields request) {
      JsonFields said = request.object("disconnect");
      return new DisconnectOrder(
          Target.of(request), request.texts("whitelist"), said == null ? FORCED : reason(said));
    }

    /** Refuses an empty reason and one that is JSON, which clients misinterpret. */
    private static CloseReason reason(JsonFields fields) {
      long code = fields.has("code") ? fields.number("code") : FORCED.code();
      String text = fields.text("reason");
      String reason = text.isEmpty() ? FORCED.reason() : text;
      if (code < LEAST_CODE || code > Short.MAX_VALUE || isJson(reason)) {
        throw wrong();
      }
      try {
        return new CloseReason((int) code, reason);
      } catch (IllegalArgumentException e) {
        throw wrong();
      }
    }

    private static boolean isJson(String reason) {
      try {
        Json.decodeValue(reason);
        return true;
      } catch (DecodeException e) {
        return false;
      }
    }

    private static RuntimeException wrong() {
      return RequestFields.wrong(
          "disconnect has a code from 3000 to 4999 and a reason of 1 to 123 bytes that is not"
              + " JSON");
    }

    @Override
    public Future<Void> apply(ControllableConnection connection) {
      if (!spared.contains(connection.connection())) {
        connection.close(reason);
      }
      return Future.succeededFuture();
    }
  }

  /**
   * {@code unsubscribe}: ends subscriptions of clients of this protocol, which do not resubscribe.
   */
  record UnsubscribeOrder(Target target, RoomName room) implements ConnectionOrder {

    static UnsubscribeOrder of(JsonFields request) {
      return new UnsubscribeOrder(Target.of(request), RequestFields.room(request));
    }

    @Override
    public Future<Void> apply(ControllableConnection connection) {
      return connection instanceof Session session
          ? session.unsubscribe(room)
          : Future.succeededFuture();
    }
  }

  /**
   * {@code subscribe}: subscribes clients of this protocol to a room, whatever their permissions.
   *
   * @param granted what a token would grant
   * @param expireAt when the subscription expires, in seconds since 1970; 0 for never
   * @param since the position to continue from; null for new messages only
   */
  record SubscribeOrder(
      Target target, RoomName room, Subscribed granted, long expireAt, @Nullable Position since)
      implements ConnectionOrder {

    static SubscribeOrder of(JsonFields request) {
      Subscribed granted =
          new Subscribed(
              RequestFields.source(request, "info", "b64info"),
              RequestFields.source(request, "data", "b64data"),
              override(request.object("override")));
      return new SubscribeOrder(
          Target.of(request),
          RequestFields.room(request),
          granted,
          request.unsigned("expire_at"),
          since(request.object("recover_since")));
    }

    /** Returns the position; an invalid one is treated as unrecoverable. */
    private static @Nullable Position since(@Nullable JsonFields since) {
      if (since == null) {
        return null;
      }
      try {
        return Position.parse(since.text("epoch") + ":" + since.unsigned("offset"));
      } catch (IllegalArgumentException e) {
        return Position.NONE;
      }
    }

    private static SubscriptionOverride override(@Nullable JsonFields override) {
      return override == null
          ? SubscriptionOverride.NONE
          : new SubscriptionOverride(
              flag(override, "presence"),
              flag(override, "join_leave"),
              flag(override, "force_recovery"),
              flag(override, "force_positioning"),
              flag(override, "force_push_join_leave"));
    }

    private static @Nullable Boolean flag(JsonFields override, String name) {
      JsonFields said = override.object(name);
      return said == null ? null : said.flag("value");
    }

    @Override
    public Future<Void> apply(ControllableConnection connection) {
      return connection instanceof Session session
          ? session.subscribe(room, granted, expireAt, since)
          : Future.succeededFuture();
    }
  }

  /**
   * {@code refresh}: changes when connections of clients of this protocol expire.
   *
   * @param expired whether they expire now
   * @param expireAt in seconds since 1970; 0 for never
   * @param info what others may see of them from now on, as JSON source; null for no change
   */
  record RefreshOrder(Target target, boolean expired, long expireAt, @Nullable String info)
      implements ConnectionOrder {

    static RefreshOrder of(JsonFields request) {
      return new RefreshOrder(
          Target.of(request),
          request.flag("expired"),
          request.unsigned("expire_at"),
          RequestFields.source(request, "info", "b64info"));
    }

    @Override
    public Future<Void> apply(ControllableConnection connection) {
      if (connection instanceof Session session && expired) {
        session.close(CloseReason.EXPIRED);
      } else if (connection instanceof Session session) {
        session.refresh(expireAt, info);
      }
      return Future.succeededFuture();
    }
  }

  /**
   * The connections that an order is for. Immutable; any thread.
   *
   * @param user their user; empty for all connections without one
   * @param client only the connection with this id; empty for all
   * @param session only the connection with this session; empty for all
   */
  record Target(String user, String client, String session) {

    static Target of(JsonFields request) {
      if (!request.has("user")) {
        throw RequestFields.wrong("user is missing; for those without a name it is \"\"");
      }
      return new Target(request.text("user"), request.text("client"), request.text("session"));
    }

    boolean matches(ControllableConnection connection) {
      return (client.isEmpty() || client.equals(connection.connection()))
          && (session.isEmpty() || session.equals(connection.session()));
    }
  }

  /**
   * Sends orders of one name to every node, which applies them to its connections. Completes when
   * all nodes have done so. Any thread.
   */
  final class OrderMethod {

    private final String name;
    private final ConnectionRegistries registries;
    private final ClusterCall nodes;

    OrderMethod(String name, ConnectionRegistries registries, ClusterCall nodes) {
      this.name = name;
      this.registries = registries;
      this.nodes = nodes;
      nodes.answer(name, this::here);
    }

    /** Sends the request unchanged, after checking that it is valid. */
    Future<JsonWriter> call(JsonFields request) {
      ConnectionOrder.of(name, request);
      return nodes
          .ask(name, request.source())
          .map(done -> new JsonWriter().open().close())
          .recover(
              failure ->
                  Future.failedFuture(
                      failure instanceof Declined declined
                          ? CommandError.of(declined.code(), declined.reason())
                          : failure));
    }

    private Future<String> here(String request) {
      ConnectionOrder order;
      try {
        order = ConnectionOrder.of(name, JsonFields.of(request.getBytes(StandardCharsets.UTF_8)));
      } catch (CommandError e) { // Valid for a node of another version.
        return declined(e);
      }
      return registries
          .each(registry -> apply(order, registry))
          .map(done -> "")
          .recover(OrderMethod::declined);
    }

    /** Sends an error to the calling node. */
    private static Future<String> declined(Throwable failure) {
      return Future.failedFuture(
          failure instanceof CommandError refusal
              ? new Declined(refusal.code().code(), refusal.message())
              : failure);
    }

    private static Future<Void> apply(ConnectionOrder order, ConnectionRegistry registry) {
      List<Future<Void>> all = new ArrayList<>();
      for (ControllableConnection connection : registry.of(order.target().user())) {
        if (order.target().matches(connection)) {
          all.add(order.apply(connection));
        }
      }
      return Future.all(all).mapEmpty();
    }
  }
}
