package io.stentor.centrifuge.api;

import io.stentor.centrifuge.CommandError;
import io.stentor.centrifuge.ErrorCode;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonWriter;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.room.Ack;
import io.stentor.room.IdempotencyConflict;
import io.stentor.room.MessageTooLarge;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/** {@code publish} and {@code broadcast}. Any thread. */
final class Publishing {

  /** Most rooms of one broadcast. */
  static final int MAX_ROOMS = 1000;

  private final Rooms rooms;

  Publishing(Rooms rooms) {
    this.rooms = rooms;
  }

  /** One message in one room. */
  Future<JsonWriter> publish(JsonFields request) {
    RoomName room = Requests.room(request);
    return offer(room, Message.of(request));
  }

  /** One message in many rooms: each stands alone, and the answers are in their order. */
  Future<JsonWriter> broadcast(JsonFields request) {
    List<String> channels = request.texts("channels");
    if (channels.isEmpty() || channels.size() > MAX_ROOMS) {
      throw Requests.wrong("channels has 1 to " + MAX_ROOMS + " names of rooms");
    }
    Message message = Message.of(request);
    List<Future<JsonWriter>> all = new ArrayList<>();
    for (String channel : channels) {
      all.add(offer(channel, message).recover(failure -> Future.succeededFuture(error(failure))));
    }
    return Future.all(all)
        .map(
            done -> {
              JsonWriter line = new JsonWriter().open().name("responses").openArray();
              done.<JsonWriter>list().forEach(line::raw);
              return line.closeArray().close();
            });
  }

  private Future<JsonWriter> offer(String channel, Message message) {
    try {
      return offer(Requests.room(channel), message)
          .map(result -> new JsonWriter().open().name("result").raw(result).close());
    } catch (CommandError e) {
      return Future.failedFuture(e);
    }
  }

  private static JsonWriter error(Throwable failure) {
    return new JsonWriter().open().name("error").raw(CommandError.of(failure).json()).close();
  }

  private Future<JsonWriter> offer(RoomName room, Message message) {
    Promise<JsonWriter> told = Promise.promise();
    Ack ack =
        new Ack() {
          @Override
          public void appended(Position position) {
            told.complete(result(position));
          }

          @Override
          public void refused(Throwable reason) {
            told.fail(refusal(reason));
          }
        };
    return rooms.offer(room, message.in(rooms.options(room)), ack)
        ? told.future()
        : Future.failedFuture(new CommandError(ErrorCode.TOO_MANY_REQUESTS));
  }

  private static Throwable refusal(Throwable reason) {
    if (reason instanceof IdempotencyConflict) {
      return new CommandError(ErrorCode.CONFLICT, "this idempotency key was used for other data");
    }
    return reason instanceof MessageTooLarge
        ? Requests.wrong(String.valueOf(reason.getMessage()))
        : reason;
  }

  private static JsonWriter result(Position position) {
    JsonWriter line = new JsonWriter().open();
    if (position.epoch() != 0) {
      line.name("offset").integer(position.offset());
      line.name("epoch").string(Position.epochText(position.epoch()));
    }
    return line.close();
  }
}
