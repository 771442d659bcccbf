package io.stentor.protocol.centrifuge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.stentor.message.CloseReason;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the Centrifuge protocol, on whichever transport: lines with commands in, lines with
 * replies and pushes out. Belongs to one event loop.
 */
public final class Session {

  /*
   * Commands begin in the order in which they came. Until connect is decided, and while a lot is
   * under way for this client, the next ones wait in `waiting` and the transport does not read, so
   * a client is slowed by TCP. What the client does not take waits in the outlet up to a limit.
   */

  /** More than this is not kept for a client that sends on although it is not read. */
  private static final int MAX_WAITING_BYTES = 1024 * 1024;

  /** Questions to the log and to presence that are under way at once. */
  private static final int MAX_UNDER_WAY = 32;

  private static final ByteBuf PING =
      Unpooled.copiedBuffer("{}", StandardCharsets.US_ASCII).asReadOnly();
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private enum State {
    NEW,
    CONNECTING,
    REFUSED,
    CONNECTED,
    CLOSED
  }

  private final Site site;
  private final Outlet outlet;
  private final Lines lines;
  private final String name;
  private final CommandQueue waiting = new CommandQueue();
  private final Subscriptions subscriptions = new Subscriptions(this);
  private final Publisher publisher = new Publisher(this);
  private State state = State.NEW;
  private @Nullable Client client;
  private int underWay;
  private boolean applying;
  private boolean reading = true;

  /**
   * A client that has said nothing yet.
   *
   * @param format how it is written to
   * @param name what it calls itself, which counts where no token says who it is; empty for nothing
   */
  public Session(Site site, Outlet outlet, PushFormat format, String name) {
    this.site = site;
    this.outlet = outlet;
    this.lines = new Lines(outlet, format);
    this.name = name;
  }

  /** Takes what came in one message: lines with a command each. */
  public void received(byte[] message) {
    if (state == State.CLOSED) {
      return;
    }
    if (waiting.add(message) == 0) {
      close(Disconnect.badRequest("a message without a command").reason());
    } else if (waiting.bytes() > MAX_WAITING_BYTES) {
      close(CloseReason.SLOW);
    } else {
      applyWaiting();
    }
  }

  /** The client takes more again. */
  public void drained() {
    subscriptions.drained();
  }

  /** Asks whether the client is still there. It answers with any message, unless it is new. */
  public void ping() {
    if (state == State.CONNECTED) {
      write(new JsonLine(PING.duplicate()));
    }
  }

  /** Whether the client is connected, so that it answers pings. */
  public boolean isConnected() {
    return state == State.CONNECTED;
  }

  /** Whether the transport was asked to read, so that an answer would be heard. */
  public boolean isReading() {
    return reading;
  }

  /** The transport has ended. May be called twice. */
  public void closed() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      waiting.clear();
      subscriptions.closed();
      if (client != null) {
        client.closed();
      }
    }
  }

  /** Ends the connection. */
  public void close(CloseReason reason) {
    if (state != State.CLOSED) {
      outlet.flush();
      closed();
      outlet.close(reason);
    }
  }

  private void applyWaiting() {
    if (applying) {
      return;
    }
    applying = true;
    byte[] line = isBusy() ? null : waiting.poll();
    while (line != null) {
      apply(line);
      line = isBusy() ? null : waiting.poll();
    }
    applying = false;
    if (state != State.CLOSED) {
      outlet.flush();
      read(!isBusy());
    }
  }

  private boolean isBusy() {
    return state == State.CONNECTING || underWay >= MAX_UNDER_WAY || publisher.isFull();
  }

  private void read(boolean on) {
    if (reading != on) {
      reading = on;
      outlet.read(on);
    }
  }

  private void apply(byte[] line) {
    try {
      Commands.Numbered next = Commands.read(line);
      boolean connects = next.command() instanceof ConnectCommand;
      if (state != (connects ? State.NEW : State.CONNECTED)) {
        throw Disconnect.badRequest(connects ? "connect comes once" : "connect comes first");
      }
      Answer answer = new Answer(this, next.id(), next.name());
      if (connects) {
        state = State.CONNECTING;
      }
      guarded(answer, () -> next.command().apply(this, answer));
    } catch (Disconnect e) {
      close(e.reason());
    }
  }

  /** Runs a part of a command; what it refuses is answered so. */
  private void guarded(Answer answer, Runnable part) {
    try {
      part.run();
    } catch (Refusal e) {
      answer.refused(e);
    } catch (Disconnect e) {
      close(e.reason());
    } catch (RuntimeException e) {
      LOG.error("{} failed", answer, e);
      close(CloseReason.INTERNAL);
    }
  }

  /** Goes on with a command on this event loop when the future is complete. */
  <T> void await(Answer answer, Future<T> future, Consumer<T> then) {
    underWay++;
    future.onComplete(
        (value, failure) ->
            onLoop(
                () -> {
                  underWay--;
                  if (state == State.CLOSED) {
                    return;
                  }
                  if (failure != null) {
                    LOG.debug("{} cannot be answered: {}", answer, failure.toString());
                  }
                  guarded(
                      answer,
                      () -> {
                        if (failure != null) {
                          throw new Refusal(ErrorCode.INTERNAL);
                        }
                        then.accept(value);
                      });
                  applyWaiting();
                }));
  }

  /** Something that kept commands waiting may have ended. */
  void goOn() {
    if (state != State.CLOSED) {
      applyWaiting();
    }
  }

  void onLoop(Runnable task) {
    EventLoop loop = site.eventLoop();
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  /** The client is who it is; its answer is on its way. */
  void connected(Client connected) {
    client = connected;
  }

  /** Connect was answered with an error: the client has to come again. */
  void connectRefused() {
    state = State.REFUSED;
    subscriptions.closed();
  }

  /** Connect was answered: other commands, and pushes, go on. */
  void live() {
    state = State.CONNECTED;
    subscriptions.live();
    goOn();
  }

  /** Writes one object. */
  void write(JsonLine line) {
    if (state != State.CLOSED && !lines.write(line, !applying)) {
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
