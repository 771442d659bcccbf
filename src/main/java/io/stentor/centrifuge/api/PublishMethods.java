package io.stentor.centrifuge.api;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.config.RoomOptions;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonSource;
import io.stentor.json.JsonWriter;
import io.stentor.message.Attributes;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Ack;
import io.stentor.room.Ack.IdempotencyConflict;
import io.stentor.room.Ack.MessageTooLarge;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code publish} and {@code broadcast}. Any thread. */
final class PublishMethods {

  /** Maximum number of rooms of a broadcast. */
  static final int MAX_ROOMS = 1000;

  private final Rooms rooms;

  PublishMethods(Rooms rooms) {
    this.rooms = rooms;
  }

  /** Publishes to one room. */
  Future<JsonWriter> publish(JsonFields request) {
    RoomName room = RequestFields.room(request);
    return offer(room, OfferedMessage.of(request));
  }

  /** Publishes to many rooms independently; the results are in the order of the rooms. */
  Future<JsonWriter> broadcast(JsonFields request) {
    List<String> channels = request.texts("channels");
    if (channels.isEmpty() || channels.size() > MAX_ROOMS) {
      throw RequestFields.wrong("channels has 1 to " + MAX_ROOMS + " names of rooms");
    }
    OfferedMessage message = OfferedMessage.of(request);
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

  private Future<JsonWriter> offer(String channel, OfferedMessage message) {
    try {
      return offer(RequestFields.room(channel), message)
          .map(result -> new JsonWriter().open().name("result").raw(result).close());
    } catch (CommandError e) {
      return Future.failedFuture(e);
    }
  }

  private static JsonWriter error(Throwable failure) {
    return new JsonWriter().open().name("error").raw(CommandError.of(failure).json()).close();
  }

  private Future<JsonWriter> offer(RoomName room, OfferedMessage message) {
    Promise<JsonWriter> done = Promise.promise();
    Ack ack =
        new Ack() {
          @Override
          public void appended(Position position) {
            done.complete(result(position, false));
          }

          @Override
          public void outdated(Position newest) {
            done.complete(result(newest, true));
          }

          @Override
          public void refused(Throwable reason) {
            done.fail(refusal(reason));
          }
        };
    return rooms.publisher().offer(room, message.in(rooms.options(room)), ack)
        ? done.future()
        : Future.failedFuture(new CommandError(ErrorCode.TOO_MANY_REQUESTS));
  }

  private static Throwable refusal(Throwable reason) {
    if (reason instanceof IdempotencyConflict) {
      return new CommandError(ErrorCode.CONFLICT, "this idempotency key was used for other data");
    }
    return reason instanceof MessageTooLarge
        ? RequestFields.wrong(String.valueOf(reason.getMessage()))
        : reason;
  }

  private static JsonWriter result(Position position, boolean suppressed) {
    JsonWriter line = new JsonWriter().open();
    if (position.epoch() != 0) {
      line.name("offset").integer(position.offset());
      line.name("epoch").string(Position.epochText(position.epoch()));
    }
    if (suppressed) {
      line.flag("suppressed", true);
    }
    return line.close();
  }

  /** A message that a server publishes to one or more rooms. Immutable. */
  private static final class OfferedMessage {

    /** Null if the content is in Base64. */
    private final @Nullable JsonSource json;

    private final byte[] data;
    private final @Nullable String key;
    private final Attributes attributes;
    private final boolean skipsHistory;

    private OfferedMessage(
        @Nullable JsonSource json,
        byte[] data,
        @Nullable String key,
        Attributes attributes,
        boolean skipsHistory) {
      this.json = json;
      this.data = data;
      this.key = key;
      this.attributes = attributes;
      this.skipsHistory = skipsHistory;
    }

    /**
     * Reads a request. Ignores {@code delta}, which has no effect that clients could notice.
     *
     * @throws CommandError if there is no data, or an option is not supported
     */
    static OfferedMessage of(JsonFields request) {
      byte[] decoded = RequestFields.base64(request, "b64data");
      JsonSource json = decoded == null ? RequestFields.json(request, "data") : null;
      byte[] data = json == null ? decoded : json.bytes();
      if (data == null) {
        throw RequestFields.wrong("data is missing");
      }
      return new OfferedMessage(
          json, data, key(request), attributes(request), request.flag("skip_history"));
    }

    private static Attributes attributes(JsonFields request) {
      Map<String, String> tags = request.textsByName("tags");
      try {
        Attributes all = tags.isEmpty() ? Attributes.NONE : Attributes.NONE.withTags(tags);
        long version = request.unsigned("version");
        return version == 0 ? all : all.withVersion(version, request.text("version_epoch"));
      } catch (IllegalArgumentException e) {
        throw RequestFields.wrong(String.valueOf(e.getMessage()));
      }
    }

    private static @Nullable String key(JsonFields request) {
      String key = request.text("idempotency_key");
      try {
        return key.isEmpty() ? null : Publication.checkedKey(key);
      } catch (IllegalArgumentException e) {
        throw RequestFields.wrong(String.valueOf(e.getMessage()));
      }
    }

    /**
     * Returns the publication for a room.
     *
     * @throws CommandError if the room does not accept it
     */
    Publication in(RoomOptions room) {
      boolean logged = room.history().messages() > 0;
      if (data.length > room.maxMessageBytes()) {
        throw RequestFields.wrong("data has at most " + room.maxMessageBytes() + " bytes here");
      }
      if (key != null && !logged) {
        throw new CommandError(
            ErrorCode.NOT_AVAILABLE, "this room keeps no log, so it knows no idempotency keys");
      }
      if (attributes.version() != 0 && !logged) {
        throw new CommandError(
            ErrorCode.NOT_AVAILABLE, "this room keeps no log, so it cannot compare versions");
      }
      if (skipsHistory && logged) {
        throw new CommandError(
            ErrorCode.NOT_AVAILABLE, "every publication of this room goes through its log");
      }
      return publication(room, System.currentTimeMillis()).with(attributes);
    }

    /** Content in Base64 is binary in a room that allows it, elsewhere JSON. */
    private Publication publication(RoomOptions room, long now) {
      if (json != null) {
        return Publication.json(json, now, key, null);
      }
      return room.allowBinary()
          ? Publication.binary(data, now, key, null)
          : Publication.json(RequestFields.json("b64data", data), now, key, null);
    }
  }
}
