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
import io.stentor.room.Connection;
import io.stentor.room.Cursor;
import io.stentor.room.Format;
import io.stentor.room.RoomLimitReached;
import io.stentor.room.Start;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits in a room for its next messages: a connection that is given one slice and
 * leaves. Belongs to the event loop of the request.
 */
final class LongPoll implements Connection, LongPolls.Waiting {

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final LoopContext server;
  private final Identity identity;
  private final Position since;
  private final int limit;
  private final LongPolls polls;
  private final Runnable readAgain;
  private @Nullable Cursor cursor;
  private @Nullable PlainClient visit;
  private boolean over;

  /**
   * A poll that does not wait yet.
   *
   * @param identity who asks; the poll ends with its token
   * @param since where the client is; {@link Position#NONE} in a room without a log
   * @param readAgain answers from the log instead, for what a poll cannot tell
   */
  LongPoll(
      HttpServerRequest request,
      LoopContext server,
      Identity identity,
      Position since,
      int limit,
      LongPolls polls,
      Runnable readAgain) {
    this.request = request;
    this.response = request.response();
    this.server = server;
    this.identity = identity;
    this.since = since;
    this.limit = limit;
    this.polls = polls;
    this.readAgain = readAgain;
  }

  /** Waits in the room; what was published since the position is answered at once. */
  void begin(RoomName room, int waitSeconds) {
    server.connections().opened(Transport.POLL);
    if (!polls.add(this, waitSeconds)) {
      timeOut();
      return;
    }
    PlainClient began =
        new PlainClient(
            server,
            Member.of("", identity.user()),
            identity,
            () -> isAllowed(room),
            reason -> sendAway(room, reason));
    visit = began;
    began.recheck();
    if (over) {
      return;
    }
    response.closeHandler(gone -> end());
    response.exceptionHandler(broken -> end());
    Start start = since.epoch() == 0 ? new Start.Live() : new Start.Since(since);
    try {
      Cursor joined = server.rooms().join(room, this, start, server.eventLoop());
      cursor = joined;
      if (over) {
        joined.leave();
      }
    } catch (RoomLimitReached e) {
      if (end()) {
        LoopContext.tooManyRooms(e).answer(request);
      }
    }
  }

  /** Takes the poll out of everything, once; false if that was done already. */
  private boolean end() {
    if (over) {
      return false;
    }
    over = true;
    polls.remove(this);
    if (visit != null) {
      visit.end();
    }
    server.connections().closed(Transport.POLL, null);
    if (cursor != null) {
      cursor.leave();
    }
    return true;
  }

  @Override
  public void timeOut() {
    if (end()) {
      JsonMessages.sendNone(response, since, true);
    }
  }

  /**
   * A server or the token's end ends it: with nothing where the client may come again, else it is
   * told not to.
   */
  private void sendAway(RoomName room, CloseReason reason) {
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
    return server.permissions().allow(identity, room, Action.SUBSCRIBE)
        && server.permissions().allow(identity, room, Action.HISTORY);
  }

  /** Answers as a new request would be answered. */
  private void refuse(RoomName room) {
    try {
      Authentication.require(server.permissions(), identity, room, Action.HISTORY);
      Authentication.require(server.permissions(), identity, room, Action.SUBSCRIBE);
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
  public void joined() {}

  @Override
  public boolean isWritable() {
    return !over;
  }

  @Override
  public void write(ByteBuf bytes) {
    boolean follows = since.epoch() == 0 || JsonMessages.firstOffset(bytes) == since.offset() + 1;
    if (!end()) {
      bytes.release();
    } else if (follows) {
      // Each in a task of its own: ten thousand answers at once would hold up everybody else.
      server.eventLoop().execute(() -> JsonMessages.sendLines(response, bytes, since, limit));
    } else {
      bytes.release();
      readAgain.run();
    }
  }

  @Override
  public void flush() {}

  /** The room cannot go on from where the client is. */
  @Override
  public void close(CloseReason reason) {
    if (end()) {
      readAgain.run();
    }
  }
}
