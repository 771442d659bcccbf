package io.stentor.http.api;

import io.stentor.http.Authentication;
import io.stentor.http.MediaType;
import io.stentor.http.Problem;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestBody;
import io.stentor.http.RequestLimiter;
import io.stentor.http.RequestRefused;
import io.stentor.http.Responses;
import io.stentor.http.RoomPath;
import io.stentor.http.api.HttpPublisher.Outcome;
import io.stentor.identity.Identity;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.Publication.Kind;
import io.stentor.message.RoomName;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code POST /messages}: many messages, for any rooms, in one request. Messages are
 * independent: some may be refused while others are published. Messages of the same room keep their
 * order. Must be used on one event loop only.
 */
public final class BatchEndpoint {

  /** Maximum size of the body of a batch. */
  static final int MAX_BODY_BYTES = 1024 * 1024;

  private final HttpPublisher publishing;

  /** Creates the endpoint of one server verticle. */
  public BatchEndpoint(HttpPublisher publishing) {
    this.publishing = publishing;
  }

  /** Publishes the messages in the body and answers with one result per message. */
  public void handlePublish(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    try {
      Identity identity = Authentication.of(ctx);
      Member from = HttpPublisher.from(request, identity);
      if (MediaType.of(request.getHeader(HttpHeaders.CONTENT_TYPE)) != Kind.JSON) {
        throw RequestRefused.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "A batch is application/json.");
      }
      RequestBody.read(request, MAX_BODY_BYTES)
          .compose(body -> new Batch(request, identity, from).publish(body))
          .onSuccess(results -> answer(request.response(), results))
          .onFailure(failure -> RequestRefused.answer(request, failure));
    } catch (RequestRefused refusal) {
      refusal.answer(request);
    }
  }

  private static void answer(HttpServerResponse response, JsonArray results) {
    Buffer body = new JsonObject().put("results", results).toBuffer().appendString("\n");
    Responses.sendJson(response, body);
  }

  /** A batch in progress. */
  private final class Batch {
    private final HttpServerRequest request;
    private final Identity identity;
    private final @Nullable Member from;

    /**
     * Rooms that refused a message because they were full. Later messages of the batch for them are
     * refused too, to keep the order.
     */
    private final Set<RoomName> full = new HashSet<>();

    Batch(HttpServerRequest request, Identity identity, @Nullable Member from) {
      this.request = request;
      this.identity = identity;
      this.from = from;
    }

    Future<JsonArray> publish(Buffer body) {
      List<Future<JsonObject>> results = new ArrayList<>();
      List<BatchParser.Item> items = BatchParser.parse(body.getBytes());
      // The request itself was already charged as one message.
      RequestLimiter.charge(request, items.size() - 1);
      for (BatchParser.Item item : items) {
        results.add(
            publish(item)
                .map(BatchEndpoint::published)
                .recover(failure -> Future.succeededFuture(refused(failure))));
      }
      return Future.join(results)
          .map(
              done -> {
                JsonArray all = new JsonArray();
                results.forEach(one -> all.add(one.result()));
                return all;
              });
    }

    private Future<Outcome> publish(BatchParser.Item item) {
      try {
        BatchParser.Message message = item.message();
        RoomName room = RoomPath.name(message.room());
        String key = message.draft().key();
        if (key != null) {
          IdempotencyKey.checked(key);
        }
        if (full.contains(room)) {
          return Future.failedFuture(HttpPublisher.full());
        }
        Future<Outcome> outcome = publishing.publish(room, identity, message.draft(), from);
        if (outcome.cause() instanceof RequestRefused refusal
            && refusal.type() == ProblemType.TOO_MANY_REQUESTS) {
          full.add(room);
        }
        return outcome;
      } catch (RequestRefused refusal) {
        return Future.failedFuture(refusal);
      }
    }
  }

  private static JsonObject published(Outcome outcome) {
    Position position = outcome.position();
    if (position.epoch() == 0) {
      return new JsonObject().put("status", 202);
    }
    JsonObject result =
        new JsonObject()
            .put("status", outcome.outdated() ? 200 : 201)
            .put("epoch", Position.epochText(position.epoch()))
            .put("offset", position.offset());
    return outcome.outdated() ? result.put("outdated", true) : result;
  }

  private static JsonObject refused(Throwable failure) {
    return failure instanceof RequestRefused refusal
        ? Problem.members(refusal.type(), refusal.detail())
        : Problem.members(ProblemType.INTERNAL, "The server failed at this message.");
  }
}
