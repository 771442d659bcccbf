package io.stentor.http.api;

import io.stentor.config.RoomOptions;
import io.stentor.history.Page;
import io.stentor.http.Authentication;
import io.stentor.http.LoopContext;
import io.stentor.http.MediaType;
import io.stentor.http.Printable;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestBody;
import io.stentor.http.RequestRefused;
import io.stentor.http.Responses;
import io.stentor.http.RoomPath;
import io.stentor.http.api.HttpPublisher.Draft;
import io.stentor.http.api.HttpPublisher.Outcome;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.message.Attributes;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.Publication.Kind;
import io.stentor.message.RoomName;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.TreeMap;

/**
 * Serves {@code /rooms/{room}/messages}: GET reads messages or waits for new ones, POST publishes.
 * Must be used on one event loop only.
 */
public final class MessagesEndpoint {

  /** What the name of a query parameter begins with that sets a tag. */
  private static final String TAG = "tag.";

  private final LoopContext loop;
  private final Authentication authentication;
  private final HttpPublisher publishing;
  private final LongPolls polls;
  private final LogReader log;

  /** Creates the endpoint of one server verticle. */
  public MessagesEndpoint(
      LoopContext loop, Authentication authentication, HttpPublisher publishing, LongPolls polls) {
    this.loop = loop;
    this.authentication = authentication;
    this.publishing = publishing;
    this.polls = polls;
    this.log = new LogReader(loop.rooms(), loop.eventLoop());
  }

  /** Answers a GET with messages, either immediately or when there are any. */
  public void handleGet(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    try {
      RoomName room = RoomPath.of(ctx);
      MessagesQuery query = MessagesQuery.of(request);
      RoomOptions options = loop.rooms().options(room);
      Identity identity = Authentication.of(ctx);
      authentication.require(identity, room, Action.HISTORY);
      if (query.waitSeconds() > 0) {
        authentication.require(identity, room, Action.SUBSCRIBE);
        loop.requirePlace(room, query.filter());
      }
      new Reading(request, identity, room, query).begin(options);
    } catch (RequestRefused refusal) {
      refusal.answer(request);
    }
  }

  /** A GET in progress. */
  private final class Reading {
    private final HttpServerRequest request;
    private final RoomName room;
    private final Identity identity;
    private final MessagesQuery query;

    Reading(HttpServerRequest request, Identity identity, RoomName room, MessagesQuery query) {
      this.request = request;
      this.identity = identity;
      this.room = room;
      this.query = query;
    }

    void begin(RoomOptions options) {
      if (options.history().messages() == 0) {
        withoutLog();
      } else if (query.since() != null && query.since().epoch() != 0 && query.waitSeconds() > 0) {
        // The room determines whether there is anything to wait for. A position without an epoch is
        // of a time when the room had no log.
        waitFrom(query.since());
      } else {
        read();
      }
    }

    private void withoutLog() {
      boolean recovered = query.since() == null;
      if (!recovered && query.strict()) {
        notRecoverable(Position.NONE);
      } else if (query.waitSeconds() > 0) {
        waitFrom(Position.NONE);
      } else {
        JsonMessages.sendNone(request.response(), Position.NONE, recovered);
      }
    }

    private void waitFrom(Position since) {
      new LongPoll(request, loop, identity, since, query, polls, this::read).begin(room);
    }

    private void read() {
      Position since = query.since();
      if (since == null) {
        newest(true);
        return;
      }
      log.after(room, since, query.readLimit())
          .onSuccess(
              page -> {
                if (page.continues(since)) {
                  Excerpt excerpt = Excerpt.first(page, query.filter(), query.limit());
                  JsonMessages.sendPage(request.response(), excerpt, true);
                } else if (query.strict()) {
                  notRecoverable(page.end());
                } else {
                  newest(false);
                }
              })
          .onFailure(this::failed);
    }

    private void newest(boolean recovered) {
      log.newest(room, query.readLimit())
          .onSuccess(page -> take(page, recovered))
          .onFailure(this::failed);
    }

    private void take(Page page, boolean recovered) {
      Position since = query.since();
      if (!recovered && since != null && page.continues(since)) {
        // While a split cluster heals, two reads may find two branches of a log.
        read();
        return;
      }
      Excerpt excerpt = Excerpt.newest(page, query.filter(), query.limit());
      if (excerpt.isEmpty() && recovered && query.waitSeconds() > 0) {
        waitFrom(excerpt.position());
      } else {
        JsonMessages.sendPage(request.response(), excerpt, recovered);
      }
    }

    private void notRecoverable(Position now) {
      RequestRefused.of(
              ProblemType.POSITION_NOT_RECOVERABLE,
              "What follows this position is not known any more.")
          .with("since", String.valueOf(query.since()))
          .with("position", now.toString())
          .answer(request);
    }

    private void failed(Throwable failure) {
      RequestRefused.of(ProblemType.UNAVAILABLE, "The room's log cannot be read at this moment.", 1)
          .answer(request);
    }
  }

  /** Publishes the body of a POST. */
  public void handlePublish(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    try {
      publish(ctx);
    } catch (RequestRefused refusal) {
      refusal.answer(request);
    }
  }

  private void publish(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    RoomName room = RoomPath.of(ctx);
    Identity identity = Authentication.of(ctx);
    RoomOptions options = loop.rooms().options(room);
    // HttpPublisher checks this again; checking here avoids reading the body in vain.
    authentication.require(identity, room, Action.PUBLISH);
    Kind kind = MediaType.of(request.getHeader(HttpHeaders.CONTENT_TYPE));
    String key = IdempotencyKey.of(request);
    Attributes attributes = attributes(request.params());
    Member from = HttpPublisher.from(request, identity);
    RequestBody.read(request, options.maxMessageBytes())
        .map(body -> new Draft(kind, body.getBytes(), key, attributes))
        .compose(draft -> publishing.publish(room, identity, draft, from))
        .onSuccess(outcome -> published(request.response(), outcome))
        .onFailure(failure -> RequestRefused.answer(request, failure));
  }

  /**
   * Reads {@code event}, {@code exclude}, {@code version}, {@code versionEpoch} and {@code
   * tag.<name>}.
   *
   * @throws RequestRefused if one is invalid
   */
  private static Attributes attributes(MultiMap query) {
    if (query.isEmpty()) {
      return Attributes.NONE;
    }
    try {
      Attributes all = Attributes.NONE;
      String event = query.get("event");
      all = event == null ? all : all.withEvent(event);
      String exclude = query.get("exclude");
      all = exclude == null ? all : all.withExclude(exclude);
      all = HttpPublisher.version(all, query.get("version"), query.get("versionEpoch"));
      Map<String, String> tags = tags(query);
      return tags.isEmpty() ? all : all.withTags(tags);
    } catch (IllegalArgumentException rule) {
      throw HttpPublisher.refusal(rule);
    }
  }

  private static Map<String, String> tags(MultiMap query) {
    Map<String, String> tags = new TreeMap<>();
    for (Map.Entry<String, String> one : query) {
      if (one.getKey().startsWith(TAG)
          && tags.put(one.getKey().substring(TAG.length()), one.getValue()) != null) {
        String detail = "The parameter " + Printable.value(one.getKey()) + " is given twice.";
        throw RequestRefused.of(ProblemType.BAD_REQUEST, detail);
      }
    }
    return tags;
  }

  private static void published(HttpServerResponse response, Outcome outcome) {
    Position position = outcome.position();
    if (position.epoch() == 0) {
      Responses.send(response, open -> open.setStatusCode(202).end());
      return;
    }
    String epoch = Position.epochText(position.epoch());
    String before = epoch + ":" + (position.offset() - 1);
    // Relative to the path of the request, so that it is valid behind a proxy that strips a prefix.
    String location = "messages?since=" + before + "&limit=1";
    String place = "{\"epoch\":\"" + epoch + "\",\"offset\":" + position.offset();
    if (outcome.outdated()) {
      Responses.sendJson(response, Buffer.buffer(place + ",\"outdated\":true}\n"));
      return;
    }
    String body = place + "}\n";
    Responses.send(
        response,
        open ->
            open.setStatusCode(201)
                .putHeader(HttpHeaders.LOCATION, location)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(body));
  }
}
