package io.stentor.centrifuge.api;

import io.stentor.centrifuge.HistoryQuery;
import io.stentor.centrifuge.MembersQuery;
import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.centrifuge.codec.JsonObjectWriter;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.cluster.ClusterCall;
import io.stentor.connection.ConnectionRegistries;
import io.stentor.json.InvalidJson;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.presence.Presence;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The methods of the Centrifuge server API, by name. One instance per node; any thread. */
public final class ServerApi {

  private final Map<String, ApiMethod> methods = new LinkedHashMap<>();

  /**
   * Creates the methods of a node, and starts to answer calls of other nodes.
   *
   * @param registries the connections of this node
   * @param nodes the nodes of the cluster
   */
  public ServerApi(
      Rooms rooms, Presence presence, ConnectionRegistries registries, ClusterCall nodes) {
    PublishMethods publishing = new PublishMethods(rooms);
    methods.put("publish", publishing::publish);
    methods.put("broadcast", publishing::broadcast);
    methods.put("presence", request -> json(members(rooms, presence, request).members()));
    methods.put("presence_stats", request -> json(members(rooms, presence, request).stats()));
    methods.put(
        "history",
        request -> json(HistoryQuery.of(request).read(rooms, RequestFields.room(request))));
    methods.put("history_remove", new HistoryRemoveMethod(rooms, nodes)::call);
    methods.put("channels", new ChannelsMethod(presence)::call);
    methods.put("info", new InfoMethod(rooms, registries, nodes)::call);
    for (String name : ConnectionOrder.NAMES) {
      methods.put(name, new ConnectionOrder.OrderMethod(name, registries, nodes)::call);
    }
    methods.put(CallBatch.NAME, new CallBatch(Map.copyOf(methods))::call);
  }

  private static MembersQuery members(Rooms rooms, Presence presence, JsonFields request) {
    return new MembersQuery(rooms, presence, RequestFields.room(request));
  }

  private static Future<JsonWriter> json(Future<Content> result) {
    return result.map(JsonObjectWriter::json);
  }

  /** Returns the names of all methods. */
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
      return ApiMethod.inOrder(NamedCommand.all(body), command -> command.reply(methods));
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    } catch (InvalidJson e) {
      return Future.failedFuture(new IllegalArgumentException("bad request: " + e.getMessage(), e));
    }
  }

  /**
   * A call that names its method: {@code {"id":1,"method":"publish","params":{…}}}. Any thread.
   *
   * @param id repeated in the reply; 0 for none
   * @param method in lower case
   */
  private record NamedCommand(long id, String method, JsonFields params) {

    private static final JsonFields NOTHING = JsonFields.of(new byte[] {'{', '}'});

    /**
     * Reads a body: one object, or one object a line.
     *
     * @throws InvalidJson if a line is not an object
     * @throws IllegalArgumentException if there are none, or too many
     */
    static List<NamedCommand> all(byte[] body) {
      JsonFields whole = whole(body);
      if (whole != null) {
        return List.of(of(whole));
      }
      List<NamedCommand> all = new ArrayList<>();
      int from = 0;
      for (int i = 0; i <= body.length; i++) {
        if (i == body.length || body[i] == '\n') {
          byte[] line = Arrays.copyOfRange(body, from, i);
          from = i + 1;
          if (!isBlank(line)) {
            all.add(of(JsonFields.of(line)));
          }
        }
        if (all.size() > CallBatch.MAX_COMMANDS) {
          throw new IllegalArgumentException(
              "a request has at most " + CallBatch.MAX_COMMANDS + " lines");
        }
      }
      if (all.isEmpty()) {
        throw new IllegalArgumentException("a request has at least one command");
      }
      return all;
    }

    private static @Nullable JsonFields whole(byte[] body) {
      try {
        return JsonFields.of(body);
      } catch (InvalidJson severalLines) {
        return null;
      }
    }

    private static boolean isBlank(byte[] line) {
      for (byte one : line) {
        if (one != ' ' && one != '\t' && one != '\r') {
          return false;
        }
      }
      return true;
    }

    private static NamedCommand of(JsonFields fields) {
      JsonFields params = fields.object("params");
      return new NamedCommand(
          fields.unsigned("id"),
          fields.text("method").toLowerCase(Locale.ROOT),
          params == null ? NOTHING : params);
    }

    /** Calls the method. Always succeeds, perhaps with an error reply. */
    Future<JsonWriter> reply(Map<String, ApiMethod> methods) {
      ApiMethod called = method.equals(CallBatch.NAME) ? null : methods.get(method);
      if (called == null) {
        return Future.succeededFuture(error(new CommandError(ErrorCode.METHOD_NOT_FOUND)));
      }
      try {
        return ApiMethod.call(method, called, params)
            .map(result -> begun().name("result").raw(result).close())
            .recover(failure -> Future.succeededFuture(error(CommandError.of(failure))));
      } catch (InvalidJson e) {
        return Future.succeededFuture(error(RequestFields.wrong(e)));
      }
    }

    private JsonWriter error(CommandError refusal) {
      return begun().name("error").raw(refusal.json()).close();
    }

    private JsonWriter begun() {
      return new JsonWriter().open().number("id", id);
    }
  }
}
