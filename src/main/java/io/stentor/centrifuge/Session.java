package io.stentor.centrifuge;

import io.stentor.centrifuge.ClientTransport.Mailbox;
import io.stentor.centrifuge.codec.ClientFormat;
import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.Disconnect;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.connection.ControllableConnection;
import io.stentor.connection.SwapRemoveList;
import io.stentor.http.LoopContext;
import io.stentor.identity.Permissions.Verdict;
import io.stentor.identity.TokenClaims.ConnectionClaims.Subscribed;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.message.RoomName;
import io.stentor.room.Cursor.Start;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client of the Centrifuge protocol on any transport: receives commands, writes replies and
 * pushes. If the format is {@linkplain ClientFormat bare}, it receives one object with the fields
 * of {@code connect}, and writes pushes only. Confined to one event loop.
 */
public final class Session implements ControllableConnection {

  private enum State {
    /** No command was received. */
    NEW,
    /** {@code connect} is being decided. */
    CONNECTING,
    /** {@code connect} was answered with an error: the client has to connect again. */
    REFUSED,
    /** {@code connect} was answered with success. */
    CONNECTED,
    /** The transport has ended, or is being closed. */
    CLOSED
  }

  private final LoopContext loop;
  private final ClientTransport transport;
  private final ClientWriter writer;
  private final CommandReader reader;
  private final Client client;
  private final Subscriptions subscriptions;
  private final PendingPublishes publishes;
  private final SwapRemoveList.Place place = new SwapRemoveList.Place();
  private State state = State.NEW;
  private boolean registered;
  private @Nullable CloseReason leaving;

  /**
   * Creates a session that has not connected.
   *
   * @param format the format of everything that is written
   * @param name the name that the client chose, used unless a token names a user; empty for none
   * @param commands executes a command
   */
  Session(
      LoopContext loop,
      ClientTransport transport,
      ClientFormat format,
      String name,
      BiConsumer<Session, byte[]> commands) {
    this.loop = loop;
    this.transport = transport;
    this.writer = new ClientWriter(transport, format, this::close);
    this.client =
        new Client(name, new Expiry(loop.expiriesWithGrace(), () -> close(CloseReason.EXPIRED)));
    this.reader =
        new CommandReader(loop, writer, this::isBusy, command -> commands.accept(this, command));
    this.publishes = new PendingPublishes(loop, reader, this::closeIfSettled);
    this.subscriptions = new Subscriptions(loop, writer, reader, client);
  }

  /** Handles a message with commands. No-op once the session is closing. */
  public void received(byte[] message) {
    if (state != State.CLOSED && leaving == null && (isBidirectional() || state == State.NEW)) {
      reader.received(message);
    }
  }

  /** Returns whether the client sends commands other than connect. */
  boolean isBidirectional() {
    return !writer.format().isBare();
  }

  private boolean isBusy() {
    return state == State.CONNECTING || publishes.isFull();
  }

  /** Must be called when the transport is writable again. */
  public void drained() {
    subscriptions.drained();
  }

  /** Sends a ping, which the client answers with any message. */
  public void ping() {
    if (state == State.CONNECTED) {
      writer.reply(Content.EMPTY);
    }
  }

  /** Returns whether connect was answered with success. */
  public boolean isConnected() {
    return state == State.CONNECTED;
  }

  /** Returns whether connect was received and not answered yet. */
  public boolean isConnecting() {
    return state == State.CONNECTING;
  }

  /** Returns whether a ping sent now has to be answered. */
  public boolean answersPings() {
    return state == State.CONNECTED && isBidirectional();
  }

  /** Returns whether the transport is being read, so that an answer would arrive. */
  public boolean isReading() {
    return reader.isReading();
  }

  /** Must be called when the transport has ended. Idempotent. */
  public void closed() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      writer.closed();
      reader.stop();
      subscriptions.closed();
      if (registered) {
        loop.registry().remove(this);
      }
      client.expiry().cancel();
    }
  }

  /** Starts no more commands, and closes as soon as all publishes are acknowledged. */
  public void leave(CloseReason reason) {
    if (state != State.CLOSED && leaving == null) {
      leaving = reason;
      reader.stop();
      transport.read(false);
      closeIfSettled();
    }
  }

  private void closeIfSettled() {
    CloseReason reason = leaving;
    if (reason != null && publishes.isSettled()) {
      close(reason);
    }
  }

  /** Closes the connection. Idempotent. */
  @Override
  public void close(CloseReason reason) {
    if (state != State.CLOSED) {
      writer.output().flush();
      closed();
      transport.close(reason);
    }
  }

  /**
   * Starts a command.
   *
   * @throws Disconnect if it is out of order
   */
  void begin(boolean connects) {
    if (state != (connects ? State.NEW : State.CONNECTED)) {
      throw Disconnect.badRequest(connects ? "connect comes once" : "connect comes first");
    }
    if (connects) {
      state = State.CONNECTING;
    }
  }

  /** Registers the client, so that server API calls find it. */
  void register() {
    registered = true;
    loop.registry().add(this);
  }

  /** Must be called when connect was answered with an error. */
  void connectRefused() {
    state = State.REFUSED;
    subscriptions.closed();
  }

  /** Continues with commands and pushes after connect was answered with success. */
  void connected() {
    state = State.CONNECTED;
    subscriptions.live();
    reader.resume();
  }

  /** Continues a command on the event loop when the future has completed. */
  <T> void await(ReplyHandle reply, Future<T> future, Consumer<T> next) {
    reader.await(reply, future, next);
  }

  LoopContext loop() {
    return loop;
  }

  ClientWriter writer() {
    return writer;
  }

  Client client() {
    return client;
  }

  /** Stops or resumes the delivery of messages; see {@link ClientTransport#hold}. */
  boolean hold(boolean on) {
    return transport.hold(on);
  }

  /** Returns where the client posts its commands; null if the transport carries them. */
  @Nullable Mailbox mailbox() {
    return transport.mailbox();
  }

  Subscriptions subscriptions() {
    return subscriptions;
  }

  PendingPublishes publishes() {
    return publishes;
  }

  @Override
  public String user() {
    return client.user();
  }

  @Override
  public String connection() {
    return client.id();
  }

  @Override
  public String session() {
    Mailbox mailbox = mailbox();
    return mailbox == null ? "" : mailbox.session();
  }

  @Override
  public SwapRemoveList.Place place() {
    return place;
  }

  @Override
  public void recheck() {
    if (loop.permissions().admission(client.identity()) != Verdict.ALLOWED) {
      close(CloseReason.MAY_NOT_STAY);
    } else {
      subscriptions.recheck();
    }
  }

  /**
   * Changes when the connection expires, on behalf of a server.
   *
   * @param expiresAt in seconds since 1970; 0 for never
   * @param info what others may see of the client from now on, as JSON source; null for no change
   */
  public void refresh(long expiresAt, @Nullable String info) {
    if (info != null) {
      client.setInfo(info);
    }
    client.expiry().at(expiresAt);
    if (!isBidirectional()) {
      writer.push(Pushes.refresh(client.expiry()));
    }
  }

  /**
   * Ends a subscription on behalf of a server; no-op if there is none.
   *
   * @return completes when the client was notified
   */
  public Future<Void> unsubscribe(RoomName room) {
    Subscription subscription = subscriptions.get(room);
    if (subscription == null) {
      return Future.succeededFuture();
    }
    Promise<Void> done = Promise.promise();
    subscription.whenDecided(
        () -> {
          subscription.end(Pushes.SERVER_UNSUBSCRIBE, "server unsubscribe");
          done.complete();
        });
    return done.future();
  }

  /**
   * Subscribes the client to a room on behalf of a server; no-op if it is subscribed.
   *
   * @param granted what a token would grant
   * @param expiresAt when the subscription expires, in seconds since 1970; 0 for never
   * @param since the position to continue from; null for new messages only
   * @return completes when the client was notified; fails with a {@link CommandError}
   */
  public Future<Void> subscribe(
      RoomName room, Subscribed granted, long expiresAt, @Nullable Position since) {
    if (subscriptions.get(room) != null) {
      return Future.succeededFuture();
    }
    Promise<Void> done = Promise.promise();
    ReplyHandle reply = new SubscribePush(writer, room, done);
    reply.run(
        () -> {
          Subscription subscription = subscriptions.add(room, SubscribeRequest.NOTHING, reply);
          done.future().onFailure(failure -> subscription.leave());
          SubscriptionGrant grant =
              SubscriptionGrant.byServer(loop, client, room, granted, expiresAt);
          Start start = grant.recovery() ? start(since) : new Start.Live();
          subscription.openAt(
              start,
              grant,
              result -> {
                reply.complete(result);
                subscription.live();
              });
        });
    Subscription subscription = subscriptions.get(room);
    if (subscription == null) { // The client has left in the meantime.
      done.tryComplete();
    } else {
      subscription.whenDecided(done::tryComplete);
    }
    return done.future();
  }

  private static Start start(@Nullable Position since) {
    return since == null ? new Start.AsConfigured() : new Start.Since(since);
  }

  /** Reports a subscription by a server to the client, and an error to the server. */
  private static final class SubscribePush extends ReplyHandle {
    private final RoomName room;
    private final Promise<Void> done;

    SubscribePush(ClientWriter writer, RoomName room, Promise<Void> done) {
      super(writer);
      this.room = room;
      this.done = done;
    }

    @Override
    void write(ClientWriter writer, Content result) {
      writer.push(Pushes.subscribe(room, result));
    }

    @Override
    void write(ClientWriter writer, CommandError error) {
      done.tryFail(error);
    }
  }
}
