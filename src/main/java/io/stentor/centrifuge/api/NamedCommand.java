package io.stentor.centrifuge.api;

import io.stentor.centrifuge.CommandError;
import io.stentor.centrifuge.ErrorCode;
import io.stentor.json.InvalidJson;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call that names its method: {@code {"id":1,"method":"publish","params":{…}}}. Any thread.
 *
 * @param id repeated in the reply; 0 for none
 * @param method in lower case
 */
record NamedCommand(long id, String method, JsonFields params) {

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
