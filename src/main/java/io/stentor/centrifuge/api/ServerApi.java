package io.stentor.centrifuge.api;

import io.stentor.centrifuge.CommandError;
import io.stentor.centrifuge.HistoryQuery;
import io.stentor.centrifuge.MembersQuery;
import io.stentor.cluster.ClusterCall;
import io.stentor.connection.ConnectionRegistries;
import io.stentor.json.InvalidJson;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The methods of the Centrifuge server API, by name. One for each node; any thread. */
public final class ServerApi {

  private final Map<String, ApiMethod> methods = new LinkedHashMap<>();

  /**
   * Creates the methods of a node, which from now on answers the calls of the others.
   *
   * @param registries of the connections of this node
   * @param nodes of the cluster
   */
  public ServerApi(
      Rooms rooms, Presence presence, ConnectionRegistries registries, ClusterCall nodes) {
    PublishMethods publishing = new PublishMethods(rooms);
    methods.put("publish", publishing::publish);
    methods.put("broadcast", publishing::broadcast);
    methods.put("presence", request -> members(rooms, presence, request).members());
    methods.put("presence_stats", request -> members(rooms, presence, request).stats());
    methods.put(
        "history",
        request -> HistoryQuery.of(request).read(rooms, RequestFields.room(request), false));
    methods.put("history_remove", new HistoryRemoveMethod(rooms, nodes)::call);
    methods.put("channels", new ChannelsMethod(presence)::call);
    methods.put("info", new InfoMethod(rooms, registries, nodes)::call);
    for (String name : ConnectionOrder.NAMES) {
      methods.put(name, new OrderMethod(name, registries, nodes)::call);
    }
    methods.put(CallBatch.NAME, new CallBatch(Map.copyOf(methods))::call);
  }

  private static MembersQuery members(Rooms rooms, Presence presence, JsonFields request) {
    return new MembersQuery(rooms, presence, RequestFields.room(request));
  }

  /** The names of all methods. */
  public Set<String> methods() {
    return methods.keySet();
  }

  /**
   * Calls a method.
   *
   * @param name one of {@link #methods}
   * @param body one JSON object
   * @return the result as an object; fails with a {@link CommandError}, or with an {@link
   *     IllegalArgumentException} if the body is invalid. Completes on any thread
   */
  public Future<JsonWriter> call(String name, byte[] body) {
    try {
      return ApiMethod.call(name, Objects.requireNonNull(methods.get(name)), JsonFields.of(body));
    } catch (InvalidJson e) {
      return Future.failedFuture(new IllegalArgumentException("bad request: " + e.getMessage(), e));
    }
  }

  /**
   * Calls named methods one after the other; each line is a command {@code
   * {"method":…,"params":…}}, with an optional {@code id}.
   *
   * @param body at least one command; nothing is done if a line is invalid
   * @return the replies in the order of the commands, each with {@code result} or {@code error};
   *     fails with an {@link IllegalArgumentException} if the body is invalid. Completes on any
   *     thread
   */
  public Future<List<JsonWriter>> commands(byte[] body) {
    try {
      return oneByOne(NamedCommand.all(body), 0, new ArrayList<>());
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    } catch (InvalidJson e) {
      return Future.failedFuture(new IllegalArgumentException("bad request: " + e.getMessage(), e));
    }
  }

  private Future<List<JsonWriter>> oneByOne(
      List<NamedCommand> commands, int next, List<JsonWriter> replies) {
    for (int i = next; i < commands.size(); i++) {
      int following = i + 1;
      Future<JsonWriter> reply = commands.get(i).reply(methods);
      if (!reply.isComplete()) {
        return reply.compose(
            given -> {
              replies.add(given);
              return oneByOne(commands, following, replies);
            });
      }
      replies.add(reply.result());
    }
    return Future.succeededFuture(replies);
  }
}
