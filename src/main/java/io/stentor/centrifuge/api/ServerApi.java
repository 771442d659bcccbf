package io.stentor.centrifuge.api;

import io.stentor.centrifuge.CommandError;
import io.stentor.centrifuge.ErrorCode;
import io.stentor.cluster.ClusterCall;
import io.stentor.cluster.ClusterCall.NodeTimeout;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The methods that servers call, by their names. One for each node; any thread. */
public final class ServerApi {

  /** The one whose answer is not put into {@code result}. */
  public static final String BATCH = "batch";

  private static final String SILENT_NODE =
      "a node does not answer; others may have done it: call again";

  private static final Logger LOG = LoggerFactory.getLogger(ServerApi.class);

  private final Map<String, Method> methods = new LinkedHashMap<>();

  /**
   * The methods on this node.
   *
   * @param directories of this node's connections
   * @param nodes all of them; this one answers from now on what others ask for their servers
   */
  public ServerApi(
      Rooms rooms, Presence presence, ConnectionRegistries directories, ClusterCall nodes) {
    Publishing publishing = new Publishing(rooms);
    methods.put("publish", publishing::publish);
    methods.put("broadcast", publishing::broadcast);
    Reading reading = new Reading(rooms, presence);
    methods.put("presence", reading::presence);
    methods.put("presence_stats", reading::presenceStats);
    methods.put("history", reading::history);
    methods.put("history_remove", new Removal(rooms, nodes)::call);
    methods.put("channels", new Channels(presence)::call);
    methods.put("info", new Info(rooms, directories, nodes)::call);
    for (String name : Order.NAMES) {
      methods.put(name, new Ordering(name, directories, nodes)::call);
    }
    methods.put(BATCH, new Batch(Map.copyOf(methods))::call);
  }

  /** What can be called. */
  public Set<String> methods() {
    return methods.keySet();
  }

  /**
   * Calls a method.
   *
   * @param name one of {@link #methods}
   * @param body one JSON object
   * @return the result as an object; fails with a {@link CommandError}, or with an {@link
   *     IllegalArgumentException} that says why the body is no request. Completes on any thread
   */
  public Future<JsonWriter> call(String name, byte[] body) {
    try {
      return call(name, Objects.requireNonNull(methods.get(name)), JsonFields.of(body));
    } catch (InvalidJson e) {
      return Future.failedFuture(new IllegalArgumentException("bad request: " + e.getMessage(), e));
    }
  }

  /**
   * Calls methods one after the other, as servers did before each method had a path: one command
   * {@code {"method":…,"params":…}} a line, with an {@code id} or without.
   *
   * @param body at least one command; nothing is done where one of its lines is none
   * @return the replies in the order of the commands, each with {@code result} or {@code error};
   *     fails with an {@link IllegalArgumentException} that says why the body is no request.
   *     Completes on any thread
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

  /** The same within a batch: what is wrong is always a refusal. */
  static Future<JsonWriter> call(String name, Method method, JsonFields request) {
    try {
      return method.call(request).recover(failure -> failed(name, failure));
    } catch (CommandError e) {
      return Future.failedFuture(e);
    }
  }

  private static Future<JsonWriter> failed(String name, Throwable failure) {
    CommandError refusal =
        failure instanceof NodeTimeout
            ? new CommandError(ErrorCode.INTERNAL, SILENT_NODE)
            : CommandError.of(failure);
    if (refusal.code() == ErrorCode.INTERNAL) {
      LOG.warn("{} for a server failed: {}", name, failure.toString());
    }
    return Future.failedFuture(refusal);
  }
}
