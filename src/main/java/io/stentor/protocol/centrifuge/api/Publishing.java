package io.stentor.protocol.centrifuge.api;

import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.protocol.centrifuge.ErrorCode;
import io.stentor.protocol.centrifuge.Fields;
import io.stentor.protocol.centrifuge.JsonLine;
import io.stentor.protocol.centrifuge.Refusal;
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
  Future<JsonLine> publish(Fields request) {
    RoomName room = Requests.room(request);
    return offer(room, Message.of(request));
  }

  /** One message in many rooms: each stands alone, and the answers are in their order. */
  Future<JsonLine> broadcast(Fields request) {
    List<String> channels = request.texts("channels");
    if (channels.isEmpty() || channels.size() > MAX_ROOMS) {
      throw Requests.wrong("channels has 1 to " + MAX_ROOMS + " names of rooms");
    }
    Message message = Message.of(request);
    List<Future<JsonLine>> all = new ArrayList<>();
    for (String channel : channels) {
      all.add(offer(channel, message).recover(failure -> Future.succeededFuture(error(failure))));
    }
    return Future.all(all)
        .map(
            done -> {
              JsonLine line = new JsonLine().open().name("responses").openArray();
              done.<JsonLine>list().forEach(line::raw);
              return line.closeArray().close();
            });
  }

  private Future<JsonLine> offer(String channel, Message message) {
    try {
      return offer(Requests.room(channel), message)
          .map(result -> new JsonLine().open().name("result").raw(result).close());
    } catch (Refusal e) {
      return Future.failedFuture(e);
    }
  }

  private static JsonLine error(Throwable failure) {
    return new JsonLine().open().name("error").raw(Refusal.of(failure).json()).close();
  }

  private Future<JsonLine> offer(RoomName room, Message message) {
    Promise<JsonLine> told = Promise.promise();
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
        : Future.failedFuture(new Refusal(ErrorCode.TOO_MANY_REQUESTS));
  }

  private static Throwable refusal(Throwable reason) {
    if (reason instanceof IdempotencyConflict) {
      return new Refusal(ErrorCode.CONFLICT, "this idempotency key was used for other data");
    }
    return reason instanceof MessageTooLarge
        ? Requests.wrong(String.valueOf(reason.getMessage()))
        : reason;
  }

  private static JsonLine result(Position position) {
    JsonLine line = new JsonLine().open();
    if (position.epoch() != 0) {
      line.name("offset").integer(position.offset());
      line.name("epoch").string(Position.epochText(position.epoch()));
    }
    return line.close();
  }
}
