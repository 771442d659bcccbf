package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;
import io.stentor.json.JsonWriter;
import io.stentor.message.CloseReason;
import io.vertx.core.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client of the Centrifuge protocol, on whichever transport: lines with commands in, replies
 * and pushes out; or, where the format is {@linkplain PushFormat bare}, one object with what {@code
 * connect} has in, and pushes out. Belongs to one event loop.
 */
public final class Session {

  private final Site site;
  private final Outlet outlet;
  private final Lines lines;
  private final String name;
  private final Intake intake = new Intake(this);
  private final Subscriptions subscriptions = new Subscriptions(this);
  private final Publisher publisher = new Publisher(this);
  private final @Nullable Mailbox mailbox;
  private SessionState state = SessionState.NEW;
  private @Nullable Client client;
  private @Nullable CloseReason leaving;

  /**
   * A client that has said nothing yet.
   *
   * @param format how it is written to
   * @param name what it calls itself, which counts where no token says who it is; empty for nothing
   * @param mailbox where it posts its commands; null where the transport carries them, or where it
   *     has none
   */
  public Session(
      Site site, Outlet outlet, PushFormat format, String name, @Nullable Mailbox mailbox) {
    this.site = site;
    this.outlet = outlet;
    this.lines = new Lines(outlet, format);
    this.name = name;
    this.mailbox = mailbox;
  }

  /**
   * Takes what came in one message: lines with a command each. What comes of a client that has
   * nothing to say any more is left alone.
   */
  public void received(byte[] message) {
    if (state != SessionState.CLOSED
        && leaving == null
        && (speaks() || state == SessionState.NEW)) {
      intake.received(message);
    }
  }

  /** Whether the client sends commands, and not only connects. */
  boolean speaks() {
    return !lines.format().isBare();
  }

  /** The client takes more again. */
  public void drained() {
    subscriptions.drained();
  }

  /** Asks whether the client is still there. It answers with any message if it is to. */
  public void ping() {
    if (state == SessionState.CONNECTED) {
      write(new JsonWriter().open().close());
    }
  }

  /** Whether the client was told that it is connected. */
  public boolean isConnected() {
    return state == SessionState.CONNECTED;
  }

  /** Whether the client is pinged now, and has to answer. */
  public boolean answersPings() {
    return state == SessionState.CONNECTED && speaks();
  }

  /** Whether the transport was asked to read, so that an answer would be heard. */
  public boolean isReading() {
    return intake.isReading();
  }

  /** The transport has ended. May be called twice. */
  public void closed() {
    if (state != SessionState.CLOSED) {
      state = SessionState.CLOSED;
      intake.close();
      subscriptions.closed();
      if (client != null) {
        client.closed();
      }
    }
  }

  /**
   * Ends the connection as soon as the client knows of everything that it has published: no command
   * is begun any more.
   */
  public void leave(CloseReason reason) {
    if (state != SessionState.CLOSED && leaving == null) {
      leaving = reason;
      intake.close();
      outlet.read(false);
      settled();
    }
  }

  /** What was published may be decided, all of it. */
  void settled() {
    CloseReason reason = leaving;
    if (reason != null && publisher.isSettled()) {
      close(reason);
    }
  }

  /** Ends the connection. */
  public void close(CloseReason reason) {
    if (state != SessionState.CLOSED) {
      outlet.flush();
      closed();
      outlet.close(reason);
    }
  }

  /** Whether the client has sent connect, and was not answered yet. */
  public boolean isConnecting() {
    return state == SessionState.CONNECTING;
  }

  boolean isClosed() {
    return state == SessionState.CLOSED;
  }

  /**
   * A command begins.
   *
   * @throws Disconnect where it is not its turn
   */
  void begin(boolean connects) {
    if (state != (connects ? SessionState.NEW : SessionState.CONNECTED)) {
      throw Disconnect.badRequest(connects ? "connect comes once" : "connect comes first");
    }
    if (connects) {
      state = SessionState.CONNECTING;
    }
  }

  /** Goes on with a command on this event loop when the future is complete. */
  <T> void await(Answer answer, Future<T> future, Consumer<T> then) {
    intake.await(answer, future, then);
  }

  /** Something that kept commands waiting may have ended. */
  void goOn() {
    if (state != SessionState.CLOSED && leaving == null) {
      intake.goOn();
    }
  }

  /** Begins no further command for so long; 0 for no matter. */
  void slow(long nanos) {
    intake.slow(nanos);
  }

  /** The client is who it is; its answer is on its way. */
  void connected(Client connected) {
    client = connected;
    site.directory().add(connected);
  }

  /** Connect was answered with an error: the client has to come again. */
  void connectRefused() {
    state = SessionState.REFUSED;
    subscriptions.closed();
  }

  /** Connect was answered: other commands, and pushes, go on. */
  void live() {
    state = SessionState.CONNECTED;
    subscriptions.live();
    goOn();
  }

  /** Writes one object. */
  void write(JsonWriter line) {
    if (state != SessionState.CLOSED) {
      write(lines.format().framed(line));
    }
  }

  /** Writes one push. */
  void push(JsonWriter push) {
    if (state != SessionState.CLOSED) {
      write(lines.format().framedPush(push));
    }
  }

  private void write(ByteBuf framed) {
    if (!lines.write(framed, !intake.isApplying())) {
      close(CloseReason.SLOW);
    }
  }

  /** Who the client is; there is one from connect on. */
  Client client() {
    Client known = client;
    if (known == null) {
      throw new IllegalStateException("not connected");
    }
    return known;
  }

  /** Where the client posts its commands; null where it does not. */
  @Nullable Mailbox mailbox() {
    return mailbox;
  }

  /** What the client calls itself; empty for nothing. */
  String name() {
    return name;
  }

  Site site() {
    return site;
  }

  Outlet outlet() {
    return outlet;
  }

  Lines lines() {
    return lines;
  }

  Subscriptions subscriptions() {
    return subscriptions;
  }

  Publisher publisher() {
    return publisher;
  }
}
