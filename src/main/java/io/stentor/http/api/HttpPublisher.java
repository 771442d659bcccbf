package io.stentor.http.api;

import io.stentor.admission.Limit;
import io.stentor.config.RoomOptions;
import io.stentor.history.History.Unwritable;
import io.stentor.history.History.UnwritableException;
import io.stentor.http.Authentication;
import io.stentor.http.PlainClient;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestLimiter;
import io.stentor.http.RequestRefused;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.json.JsonSource;
import io.stentor.message.Attributes;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.Publication;
import io.stentor.message.Publication.Kind;
import io.stentor.message.RoomName;
import io.stentor.room.Ack;
import io.stentor.room.Ack.IdempotencyConflict;
import io.stentor.room.Ack.MessageTooLarge;
import io.stentor.room.Rooms;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/**
 * Publishes messages for the HTTP endpoints: checks them and reports the outcome. Must be used on
 * one event loop only.
 */
public final class HttpPublisher {

  private static final int RETRY_AFTER_SECONDS = 1;

  private final Rooms rooms;
  private final Authentication authentication;
  private final ContextInternal context;

  /** Creates a publisher whose results complete on this context. */
  public HttpPublisher(Rooms rooms, Authentication authentication, ContextInternal context) {
    this.rooms = rooms;
    this.authentication = authentication;
    this.context = context;
  }

  /**
   * The publisher as other clients see it, by its token or {@code ?name=}; null for a server or if
   * no name is given.
   *
   * @throws RequestRefused if the name is invalid or differs from the token's
   */
  static @Nullable Member from(HttpServerRequest request, Identity identity) {
    if (identity instanceof Identity.Server) {
      return null;
    }
    try {
      String user = PlainClient.user(identity, request.getParam("name"));
      return user.isEmpty() ? null : Member.of("", user);
    } catch (IllegalArgumentException e) {
      throw RequestRefused.of(ProblemType.BAD_REQUEST, "name: " + e.getMessage());
    }
  }

  /**
   * A message of a request.
   *
   * @param data text, JSON or any bytes, not yet validated
   * @param key the idempotency key; null if there is none
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Draft(Kind kind, byte[] data, @Nullable String key, Attributes attributes) {}

  /**
   * What became of a message.
   *
   * @param position its position; {@link Position#NONE} in a room without a log; that of the room's
   *     newest message if it is outdated
   * @param outdated whether it was dropped, because the room has the same or a newer version
   */
  record Outcome(Position position, boolean outdated) {}

  /**
   * Reads a version, with or without its epoch.
   *
   * @param number an unsigned number of 64 bits in decimal; null for no version
   * @throws IllegalArgumentException if it is invalid; the message is one sentence
   */
  static Attributes version(Attributes to, @Nullable String number, @Nullable String epoch) {
    if (number == null) {
      if (epoch != null) {
        throw new IllegalArgumentException("a version epoch needs a version");
      }
      return to;
    }
    try {
      return to.withVersion(Long.parseUnsignedLong(number), epoch == null ? "" : epoch);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a version is a whole number from 0 to 2^64-1", e);
    }
  }

  /**
   * Publishes one message.
   *
   * @param draft the message; takes ownership of its data
   * @return fails with a {@link RequestRefused}. Completes on the context of this object
   */
  Future<Outcome> publish(RoomName room, Identity identity, Draft draft, @Nullable Member from) {
    try {
      RoomOptions options = rooms.options(room);
      authentication.require(identity, room, Action.PUBLISH);
      if (draft.key() != null) {
        requireLog(options);
      }
      requireVersions(draft.attributes(), options);
      requireKind(draft.kind(), options);
      requireFit(draft.data().length, options.maxMessageBytes());
      Publication publication = publication(draft, from);
      requireRate(room, options.ratePerSecond());
      return offer(room, publication);
    } catch (RequestRefused refusal) {
      return Future.failedFuture(refusal);
    }
  }

  /**
   * Requires that the room can honor an idempotency key.
   *
   * @throws RequestRefused if the room keeps no log
   */
  static void requireLog(RoomOptions options) {
    if (options.history().messages() == 0) {
      throw RequestRefused.of(
          ProblemType.BAD_REQUEST,
          "This room keeps no log, so it cannot recognise a message by its idempotency key.");
    }
  }

  private static void requireVersions(Attributes attributes, RoomOptions options) {
    if (attributes.version() != 0 && options.history().messages() == 0) {
      throw RequestRefused.of(
          ProblemType.BAD_REQUEST,
          "This room keeps no log, so it cannot compare the versions of messages.");
    }
  }

  private static void requireKind(Kind kind, RoomOptions options) {
    if (kind == Kind.BINARY && !options.allowBinary()) {
      throw RequestRefused.of(
          ProblemType.UNSUPPORTED_MEDIA_TYPE, "This room takes no binary messages (allowBinary).");
    }
  }

  private void requireRate(RoomName room, int perSecond) {
    long wait = rooms.limits().roomRates().tryTake(room, perSecond);
    if (wait > 0) {
      throw RequestRefused.of(
              ProblemType.TOO_MANY_REQUESTS,
              "This room takes " + perSecond + " messages a second (ratePerSecond).",
              RequestLimiter.seconds(wait))
          .of(Limit.RATE_PER_SECOND, perSecond);
    }
  }

  private static void requireFit(int bytes, int maxBytes) {
    if (bytes > maxBytes) {
      throw RequestRefused.of(
          ProblemType.TOO_LARGE, "A message may have at most " + maxBytes + " bytes here.");
    }
  }

  private static Publication publication(Draft draft, @Nullable Member from) {
    long now = System.currentTimeMillis();
    Kind kind = draft.kind();
    String key = draft.key();
    try {
      Publication bare =
          switch (kind) {
            case TEXT -> Publication.text(draft.data(), now, key, from);
            case JSON -> Publication.json(JsonSource.of(draft.data()), now, key, from);
            case BINARY -> Publication.binary(draft.data(), now, key, from);
          };
      return draft.attributes().bytes() == 0 ? bare : bare.with(draft.attributes());
    } catch (IllegalArgumentException e) {
      ProblemType type = kind == Kind.JSON ? ProblemType.INVALID_JSON : ProblemType.BAD_REQUEST;
      throw RequestRefused.of(type, toSentence(String.valueOf(e.getMessage())));
    }
  }

  /** Returns the error for attributes that break a rule. */
  static RequestRefused refusal(IllegalArgumentException rule) {
    return RequestRefused.of(
        ProblemType.BAD_REQUEST, toSentence(String.valueOf(rule.getMessage())));
  }

  private static String toSentence(String why) {
    return Character.toUpperCase(why.charAt(0)) + why.substring(1) + ".";
  }

  private Future<Outcome> offer(RoomName room, Publication publication) {
    Promise<Outcome> result = context.promise();
    Ack ack =
        new Ack() {
          @Override
          public void appended(Position position) {
            result.complete(new Outcome(position, false));
          }

          @Override
          public void outdated(Position newest) {
            result.complete(new Outcome(newest, true));
          }

          @Override
          public void refused(Throwable reason) {
            result.fail(refusal(reason));
          }
        };
    if (!rooms.publisher().offer(room, publication, ack)) {
      return Future.failedFuture(full());
    }
    return result.future();
  }

  /** The refusal of a room whose publish queue is full. */
  static RequestRefused full() {
    return RequestRefused.of(
        ProblemType.TOO_MANY_REQUESTS,
        "So much waits in this room that nothing more is taken now.",
        RETRY_AFTER_SECONDS);
  }

  private static RequestRefused refusal(Throwable reason) {
    if (reason instanceof MessageTooLarge) {
      return RequestRefused.of(
          ProblemType.TOO_LARGE, toSentence(String.valueOf(reason.getMessage())));
    }
    if (reason instanceof UnwritableException unwritable) {
      return refusal(unwritable.reason());
    }
    return reason instanceof IdempotencyConflict
        ? RequestRefused.of(
            ProblemType.IDEMPOTENCY_CONFLICT,
            "This idempotency key was used for another message in this room.")
        : RequestRefused.of(
            ProblemType.UNAVAILABLE,
            "The message could not be stored; send it again with the same idempotency key.",
            RETRY_AFTER_SECONDS);
  }

  private static RequestRefused refusal(Unwritable reason) {
    return switch (reason) {
      case MINORITY ->
          RequestRefused.of(
              ProblemType.UNAVAILABLE,
              "This part of the cluster accepts no messages until most nodes are back.",
              RETRY_AFTER_SECONDS);
      case DATA_DIRECTORY ->
          RequestRefused.of(
              ProblemType.DATA_DIRECTORY,
              "A node cannot write to its data directory; send the message again later, with the"
                  + " same idempotency key.",
              RETRY_AFTER_SECONDS);
    };
  }
}
