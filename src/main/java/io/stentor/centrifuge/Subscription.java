package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;
import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.history.Page;
import io.stentor.http.LoopContext;
import io.stentor.identity.Grants.Action;
import io.stentor.identity.Permissions;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.presence.Membership;
import io.stentor.presence.Watcher;
import io.stentor.room.Connection;
import io.stentor.room.Cursor;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Cursor.Start;
import io.stentor.room.Format;
import io.stentor.room.JoinLimitReached;
import io.stentor.room.Output;
import io.stentor.room.Rooms;
import io.stentor.timer.TimerWheel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The subscription of one session to one room, from the request to its end. Confined to one event
 * loop.
 */
final class Subscription implements Connection, Output {

  /*
   * OPENING:  what the client missed is read, then the room is joined with a cursor.
   * ENTERED:  the room has reported the position of the cursor, before it writes anything. If the
   *           client wants joins and leaves, it watches the room first, so that it misses none; but
   *           it waits no longer than WATCH_MILLIS, because a dying node may delay presence.
   * ANSWERED: the result was sent, or is part of a reply to connect that will be sent.
   * LIVE:     publications go out.
   * LEFT:     final, from every other state.
   *
   * So the reply precedes every publication. What the room writes before LIVE is held back. This is
   * one page at most, because the output reports meanwhile that it is not writable.
   */
  private enum State {
    OPENING,
    ENTERED,
    ANSWERED,
    LIVE,
    LEFT
  }

  /** What a subscription needs of its session. */
  interface Owner {
    LoopContext loop();

    ClientWriter writer();

    CommandReader reader();

    Client client();

    /** Returns the number of subscriptions, including those that are opening. */
    int size();

    /** Removes a subscription that has ended. Idempotent. */
    void remove(Subscription subscription);
  }

  /** How long the reply waits until joins and leaves are watched, in milliseconds. */
  private static final int WATCH_MILLIS = 250;

  /** Maximum number of bytes of missed messages in a reply to connect, over all its rooms. */
  private static final int MAX_CONNECT_BYTES = 256 * 1024;

  private final Owner owner;
  private final ClientWriter writer;
  private final Output output;
  private final RoomName room;
  private final SubscribeRequest request;
  private final @Nullable TagFilter filter;
  private final ReplyHandle reply;
  private final Expiry expiry;

  /** Of the room's publications; decided when the client joins. */
  private Format format;

  private final List<ByteBuf> held = new ArrayList<>(0);
  private final List<Runnable> whenDecided = new ArrayList<>(0);
  private State state = State.OPENING;
  private Consumer<Content> result = ignored -> {};
  private @Nullable SubscriptionGrant grant;
  private @Nullable Page missed;
  private @Nullable Cursor cursor;
  private @Nullable Membership membership;
  private Watcher.@Nullable Watch watch;
  private TimerWheel.@Nullable Timer watchTimer;

  /**
   * Creates a subscription that is undecided.
   *
   * @param reply the reply to the client's command, for errors
   * @throws CommandError if the requested filter is invalid
   */
  Subscription(Owner owner, RoomName room, SubscribeRequest request, ReplyHandle reply) {
    this.owner = owner;
    this.writer = owner.writer();
    this.output = writer.output();
    this.format = writer.format();
    this.room = room;
    this.request = request;
    this.filter = request.filter();
    this.reply = reply;
    this.expiry = new Expiry(owner.loop().expiriesWithGrace(), this::expired);
  }

  RoomName room() {
    return room;
  }

  /** Returns what the client may do and see; null until that is known. */
  @Nullable SubscriptionGrant grant() {
    return grant;
  }

  Expiry expiry() {
    return expiry;
  }

  /** Returns whether the client is in the room. */
  boolean isEntered() {
    return state == State.ENTERED || isAnswered();
  }

  private boolean isAnswered() {
    return state == State.ANSWERED || state == State.LIVE;
  }

  /** Returns whether the result was not sent yet and the client has not left. */
  boolean isUndecided() {
    return state == State.OPENING || state == State.ENTERED;
  }

  /** Returns whether a task waits for the decision. */
  boolean isAwaited() {
    return !whenDecided.isEmpty();
  }

  /** Runs a task as soon as the subscription is no longer undecided. */
  void whenDecided(Runnable task) {
    if (isUndecided()) {
      whenDecided.add(task);
    } else {
      task.run();
    }
  }

  private void decided() {
    List<Runnable> tasks = List.copyOf(whenDecided);
    whenDecided.clear();
    tasks.forEach(Runnable::run);
  }

  /**
   * Joins the room, after reading what the client missed if it asks for that. No-op if the client
   * has left.
   *
   * @param result sends the result to the client
   * @throws CommandError if the room cannot be joined
   */
  void open(SubscriptionGrant granted, Consumer<Content> result) {
    if (state != State.OPENING) {
      return;
    }
    granted(granted, result);
    if (!granted.latest() && !(granted.recovery() && request.recover())) {
      join(new Start.Live());
      return;
    }
    Rooms rooms = owner.loop().rooms();
    try {
      rooms.requirePlace(room, filter); // Do not read a log in vain.
    } catch (JoinLimitReached e) {
      throw CommandError.of(e);
    }
    if (granted.latest()) {
      owner.reader().await(reply, rooms.readNewest(room, filter), this::joinAtNewest);
      return;
    }
    int maxBytes = SubscribeRequest.MAX_RECOVERED_BYTES;
    if (granted.byServer()) { // All rooms share one reply.
      maxBytes = Math.min(maxBytes, MAX_CONNECT_BYTES / owner.size());
    }
    owner.reader().await(reply, request.readMissed(rooms, room, maxBytes), this::joinAfter);
  }

  /** Joins the room at a start that a server chose; what follows it is pushed. */
  void openAt(Start start, SubscriptionGrant granted, Consumer<Content> result) {
    granted(granted, result);
    join(start);
  }

  private void granted(SubscriptionGrant granted, Consumer<Content> result) {
    this.grant = granted;
    this.result = result;
    expiry.at(granted.expiresAt());
  }

  /**
   * Joins after the page with what the client missed. Without one, the room decides whether it
   * continues from the client's position: while a split cluster heals, the log may have been read
   * at a moment when it was not the one that this node delivers.
   */
  private void joinAfter(Optional<Page> read) {
    Page page = read.orElse(null);
    Position since = request.position();
    if (page != null) {
      missed = page;
      boolean received = SubscribeRequest.sendsLast(page, this);
      join(new Start.Since(new Position(page.epoch(), page.last()), received));
    } else if (since != null) {
      missed = Page.emptyAt(since); // If it continues there, what it missed is pushed.
      join(new Start.Since(since));
    } else if (request.onlyRecovered()) {
      throw new CommandError(ErrorCode.UNRECOVERABLE_POSITION);
    } else {
      join(new Start.Live());
    }
  }

  private void joinAtNewest(Page newest) {
    Page page = request.latest(newest);
    missed = page;
    boolean received = page != null && SubscribeRequest.sendsLast(page, this);
    join(new Start.Since(newest.end(), received));
  }

  /** No-op if the client has left in the meantime. */
  private void join(Start start) {
    if (state != State.OPENING) {
      return;
    }
    LoopContext loop = owner.loop();
    format = writer.transport().format(plainFormat(), loop.rooms().options(room));
    try {
      Cursor placed = loop.rooms().join(room, this, start, loop.eventLoop());
      cursor = placed;
      if (state == State.LEFT) {
        placed.leave();
      }
    } catch (JoinLimitReached e) {
      reply.fail(CommandError.of(e));
    }
  }

  private Format plainFormat() {
    boolean deltas = grant != null && grant.deltas() && request.deltas() && filter == null;
    return deltas ? writer.format().withDeltas() : writer.format();
  }

  @Override
  public boolean tell(Notice notice) {
    SubscriptionGrant granted = grant;
    if (state == State.OPENING && granted != null) {
      placed(granted, notice);
    } else if (notice.kind() == Notice.Kind.LOST && state != State.LEFT) {
      lost();
    }
    // A slow client notices dropped messages by the offsets of the following ones.
    return isEntered();
  }

  /** Handles the first notice of the room: the position of the cursor. */
  private void placed(SubscriptionGrant granted, Notice notice) {
    boolean recovered = notice.kind() == Notice.Kind.RECOVERED;
    boolean onlyRecovered = request.recover() && request.onlyRecovered() && !granted.latest();
    if (granted.recovery() && onlyRecovered && !recovered) {
      reply.fail(new CommandError(ErrorCode.UNRECOVERABLE_POSITION));
      return;
    }
    Page page = recovered ? missed : null;
    missed = null;
    Content told = request.result(granted, expiry, notice.position(), page, this);
    state = State.ENTERED;
    LoopContext loop = owner.loop();
    if (granted.presence()) {
      Membership here =
          new Membership(loop.presence(), room, owner.client().member(granted.info()));
      membership = here;
      here.enter();
    }
    if (granted.pushJoinLeave() || (request.joinLeave() && granted.joinLeave())) {
      Runnable answer = () -> answer(granted, told);
      watchTimer = TimerWheel.of(loop.eventLoop()).after(WATCH_MILLIS, answer);
      watch = loop.presence().watch(room, new JoinLeave(answer), loop.eventLoop());
    } else {
      answer(granted, told);
    }
  }

  private void answer(SubscriptionGrant granted, Content told) {
    if (state == State.ENTERED) {
      state = State.ANSWERED;
      cancelWatchTimer();
      result.accept(told);
      if (!granted.byServer()) {
        live();
      }
      decided();
    }
  }

  private void cancelWatchTimer() {
    if (watchTimer != null) {
      watchTimer.cancel();
      watchTimer = null;
    }
  }

  /**
   * Requests the members of the room, consistent with the joins and leaves that the client is sent.
   * Completes on the event loop.
   *
   * @return null if the client is sent no joins and leaves
   */
  @Nullable Future<List<Member>> members() {
    if (watch == null) {
      return null;
    }
    Promise<List<Member>> members = Promise.promise();
    watch.members(members::complete);
    return members.future();
  }

  /** Starts the publications after the reply was sent. No-op before {@link #open}. */
  void live() {
    if (state == State.ANSWERED) {
      state = State.LIVE;
      held.forEach(output::write);
      held.clear();
      output.flush();
      drained();
    }
  }

  /** Must be called when the transport is writable again. */
  void drained() {
    if (cursor != null && state == State.LIVE) {
      cursor.drained();
    }
    if (watch != null) {
      watch.ready();
    }
  }

  /** Sends joins and leaves. Clients request the present members with a command. */
  private final class JoinLeave implements Watcher {
    private final Runnable whenWatching;
    private boolean watching;

    JoinLeave(Runnable whenWatching) {
      this.whenWatching = whenWatching;
    }

    /**
     * The second time, joins and leaves were dropped. The protocol has no push for all members, so
     * the client has to subscribe again.
     */
    @Override
    public boolean present(List<Member> members) {
      if (watching) {
        lost();
      } else {
        watching = true;
        whenWatching.run();
      }
      return true;
    }

    @Override
    public boolean joined(Member member) {
      return push(Pushes.join(room, member));
    }

    @Override
    public boolean left(Member member) {
      return push(Pushes.leave(room, member));
    }

    /** Drops nothing: a client that does not read is closed when too much is queued. */
    private boolean push(Content push) {
      if (state == State.LIVE) {
        writer.push(push);
      } else if (isEntered()) {
        held.add(writer.format().push(push));
      }
      return true;
    }
  }

  /** Ends the subscription and tells the client; no-op if the client has left. */
  void end(int code, String reason) {
    if (state != State.LEFT) {
      leave();
      writer.push(Pushes.unsubscribe(room, code, reason));
    }
  }

  private void expired() {
    end(Pushes.EXPIRED, "subscription expired");
  }

  /** Ends the subscription if the current configuration does not allow what was granted. */
  void recheck() {
    SubscriptionGrant granted = grant;
    if (!isEntered() || granted == null) {
      return;
    }
    Permissions permissions = owner.loop().permissions();
    if (!permissions.allow(granted.identity(), room, Action.SUBSCRIBE)) {
      end(Pushes.SERVER_UNSUBSCRIBE, "permission denied");
    } else if (watch != null
        && !granted.pushJoinLeave()
        && !permissions.allow(granted.identity(), room, Action.PRESENCE)) {
      // The client resubscribes at once, under the current permissions.
      lost();
    }
  }

  /**
   * The client knows only the epoch that it was given when it subscribed, so it has to subscribe
   * again. It receives nothing until then, so that its position stays in the common past of both
   * epochs and it recovers everything. Clients are told one after the other.
   */
  @Override
  public void forked() {
    Cursor placed = cursor;
    if (!isEntered() || placed == null) {
      return; // A subscription that is being opened gets the new epoch.
    }
    placed.leave();
    owner
        .loop()
        .resubscribes()
        .execute(
            () -> {
              if (state != State.LEFT) {
                lost();
              }
            });
  }

  /** The log does not continue for this cursor. */
  private void lost() {
    if (isUndecided()) {
      reply.fail(new CommandError(ErrorCode.INTERNAL));
    } else if (grant != null && grant.byServer()) {
      writer.close(CloseReason.INSUFFICIENT_STATE);
    } else {
      end(Pushes.INSUFFICIENT_STATE, "insufficient state");
    }
  }

  /** Leaves the room. Idempotent. */
  void leave() {
    if (state == State.LEFT) {
      return;
    }
    state = State.LEFT;
    owner.remove(this);
    expiry.cancel();
    cancelWatchTimer();
    held.forEach(ByteBuf::release);
    held.clear();
    if (cursor != null) {
      cursor.leave();
    }
    if (membership != null) {
      membership.leave();
    }
    if (watch != null) {
      watch.close();
    }
    decided();
  }

  @Override
  public Format format() {
    return format;
  }

  @Override
  public @Nullable TagFilter filter() {
    return filter;
  }

  @Override
  public String id() {
    return owner.client().id();
  }

  @Override
  public Output output() {
    return this;
  }

  @Override
  public void joined() {
    // Publishes of the client do not wait for this: it may be in many rooms.
  }

  @Override
  public boolean isWritable() {
    return state == State.LIVE && output.isWritable();
  }

  @Override
  public void send(ByteBuf shared) {
    if (isEntered()) {
      output.send(shared);
    }
  }

  @Override
  public void write(ByteBuf bytes) {
    if (state == State.LIVE) {
      output.write(bytes);
    } else if (isEntered()) {
      held.add(bytes);
    } else {
      bytes.release();
    }
  }

  @Override
  public void flush() {
    output.flush();
  }

  @Override
  public void close(CloseReason reason) {
    if (reason.equals(CloseReason.SLOW)) {
      writer.close(reason);
    } else if (state != State.LEFT) {
      lost();
    }
  }
}
