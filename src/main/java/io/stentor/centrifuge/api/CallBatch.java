package io.stentor.centrifuge.api;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.json.InvalidJson;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/**
 * {@code batch}: independent calls in one request; the replies have the order of the calls. Each
 * call starts when the previous one has completed; with {@code parallel} all start at once. Any
 * thread.
 */
final class CallBatch {

  /** The name of this method, whose response is not wrapped in {@code result}. */
  static final String NAME = "batch";

  /** Maximum number of calls in a batch. */
  static final int MAX_COMMANDS = 1000;

  private final Map<String, ApiMethod> methods;

  /** Creates the method. */
  CallBatch(Map<String, ApiMethod> methods) {
    this.methods = methods;
  }

  Future<JsonWriter> call(JsonFields request) {
    List<JsonFields> commands = request.objects("commands");
    if (commands.isEmpty() || commands.size() > MAX_COMMANDS) {
      throw RequestFields.wrong("commands has 1 to " + MAX_COMMANDS + " calls");
    }
    Future<List<JsonWriter>> replies =
        request.flag("parallel")
            ? Future.all(commands.stream().map(this::reply).toList()).map(done -> done.list())
            : ApiMethod.inOrder(commands, this::reply);
    return replies.map(
        all -> {
          JsonWriter line = new JsonWriter().open().name("replies").openArray();
          all.forEach(line::raw);
          return line.closeArray().close();
        });
  }

  /** Always succeeds, perhaps with an error reply. */
  private Future<JsonWriter> reply(JsonFields command) {
    String name = command.names().stream().findFirst().orElse("");
    try {
      ApiMethod method = methods.get(name);
      JsonFields request = method == null ? null : command.object(name);
      if (method == null || request == null || command.names().size() > 1) {
        throw new CommandError(ErrorCode.METHOD_NOT_FOUND, "a call has the name of one method");
      }
      return ApiMethod.call(name, method, request)
          .map(result -> new JsonWriter().open().name(name).raw(result).close())
          .recover(failure -> Future.succeededFuture(error(CommandError.of(failure))));
    } catch (CommandError e) {
      return Future.succeededFuture(error(e));
    } catch (InvalidJson e) {
      return Future.succeededFuture(error(RequestFields.wrong(e)));
    }
  }

  private static JsonWriter error(CommandError refusal) {
    return new JsonWriter().open().name("error").raw(refusal.json()).close();
  }
}
