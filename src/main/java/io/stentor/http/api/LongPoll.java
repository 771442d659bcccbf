package io.stentor.http.api;

import io.netty.buffer.ByteBuf;
import io.stentor.connection.Transport;
import io.stentor.http.Authentication;
import io.stentor.http.LoopContext;
import io.stentor.http.PlainClient;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Identity;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.room.Connection;
import io.stentor.room.Cursor;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Cursor.Start;
import io.stentor.room.Format;
import io.stentor.room.JoinLimitReached;
import io.stentor.room.Output;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits for the next messages of a room: a connection that leaves after its first
 * messages. Must be used on the event loop of the request.
 */
final class LongPoll implements Connection, Output, LongPolls.Waiting {

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final LoopContext loop;
  private final Identity identity;
  private final Position since;
  private final MessagesQuery query;
  private final LongPolls polls;
  private final Runnable readAgain;
  private @Nullable PlainClient client;
  private boolean joined;
  private boolean ended;

  /** Whether messages after {@link #since} were skipped. */
  private boolean skipped;

  /** Whether the log goes on in another epoch than that of {@link #since}. */
  private boolean forked;

  /**
   * Creates a poll that does not wait yet.
   *
   * @param identity the identity of the client; the poll ends when its token expires
   * @param since the client's position; {@link Position#NONE} in a room without a log
   * @param query the limit, the filter and the time to wait
   * @param readAgain answers from the log instead, when the poll cannot continue from the position
   */
  LongPoll(
      HttpServerRequest request,
      LoopContext loop,
      Identity identity,
      Position since,
      MessagesQuery query,
      LongPolls polls,
      Runnable readAgain) {
    this.request = request;
    this.response = request.response();
    this.loop = loop;
    this.identity = identity;
    this.since = since;
    this.query = query;
    this.polls = polls;
    this.readAgain = readAgain;
  }

  /** Joins the room and waits. Messages published since the position are sent immediately. */
  void begin(RoomName room) {
    loop.connections().opened(Transport.POLL);
    if (!polls.add(this, query.waitSeconds())) {
      timeOut();
      return;
    }
    PlainClient began =
        new PlainClient(
            loop,
            Member.of("", identity.user()),
            identity,
            () -> isAllowed(room),
            reason -> disconnect(room, reason));
    client = began;
    began.recheck();
    if (ended) {
      return;
    }
    response.closeHandler(gone -> end());
    response.exceptionHandler(broken -> end());
    Start start = since.epoch() == 0 ? new Start.Live() : new Start.Since(since);
    try {
      began.join(room, this, start);
    } catch (JoinLimitReached e) {
      if (end()) {
        LoopContext.refusal(e).answer(request);
      }
    }
  }

  /**
   * Removes all registrations of the poll.
   *
   * @return false if the poll has already ended
   */
  private boolean end() {
    if (ended) {
      return false;
    }
    ended = true;
    polls.remove(this);
    if (client != null) {
      client.end();
    }
    loop.connections().closed(Transport.POLL, null);
    return true;
  }

  @Override
  public void timeOut() {
    // A filter may have hidden messages, which need not be read again.
    Cursor at = query.filter() == null || !joined || client == null ? null : client.cursor();
    Position reached = at == null ? since : at.position();
    if (end()) {
      JsonMessages.sendNone(response, reached, true);
    }
  }

  /**
   * Ends the poll for a reason given by the server API, the token or the configuration. Answers
   * without messages if the client may reconnect, otherwise with an error.
   */
  private void disconnect(RoomName room, CloseReason reason) {
    if (!reason.isFinal()) {
      timeOut();
    } else if (reason.equals(CloseReason.MAY_NOT_STAY) && end()) {
      refuse(room);
    } else if (end()) {
      RequestRefused.of(ProblemType.FORBIDDEN, "You were sent away: " + reason + ".")
          .answer(request);
    }
  }

  private boolean isAllowed(RoomName room) {
    return loop.permissions().allow(identity, room, Action.SUBSCRIBE)
        && loop.permissions().allow(identity, room, Action.HISTORY);
  }

  /** Answers as a new request would be answered now. */
  private void refuse(RoomName room) {
    try {
      Authentication.require(loop.permissions(), identity, room, Action.HISTORY);
      Authentication.require(loop.permissions(), identity, room, Action.SUBSCRIBE);
      timeOut();
    } catch (RequestRefused refusal) {
      refusal.answer(request);
    }
  }

  @Override
  public Format format() {
    return JsonMessages.FORMAT;
  }

  @Override
  public Output output() {
    return this;
  }

  @Override
  public void joined() {
    joined = true;
  }

  @Override
  public @Nullable TagFilter filter() {
    return query.filter();
  }

  @Override
  public boolean tell(Notice notice) {
    forked |= since.epoch() != 0 && notice.position().epoch() != since.epoch();
    skipped |= notice.kind() == Notice.Kind.SKIPPED;
    return Connection.super.tell(notice);
  }

  @Override
  public void forked() {
    forked = true;
  }

  @Override
  public boolean isWritable() {
    return !ended;
  }

  @Override
  public void write(ByteBuf bytes) {
    boolean follows =
        since.epoch() == 0
            || query.filter() != null
            || JsonMessages.firstOffset(bytes) == since.offset() + 1;
    if (!end()) {
      bytes.release();
    } else if (follows && !skipped && !forked) {
      // Each response is sent in its own task, because ten thousand at once would block the event
      // loop.
      loop.eventLoop()
          .execute(() -> JsonMessages.sendLines(response, bytes, since.epoch(), query.limit()));
    } else {
      bytes.release();
      readAgain.run();
    }
  }

  @Override
  public void flush() {}

  /** Reads from the log, because the room cannot continue from the client's position. */
  @Override
  public void close(CloseReason reason) {
    if (end()) {
      readAgain.run();
    }
  }
}
