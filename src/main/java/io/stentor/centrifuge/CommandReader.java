package io.stentor.centrifuge;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.Disconnect;
import io.stentor.http.LoopContext;
import io.stentor.message.CloseReason;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the commands of one session in order, and limits how many are in flight. Confined to one
 * event loop.
 */
final class CommandReader {

  /*
   * Commands start in the order of their arrival. While the session is busy, or too much is in
   * flight, the next ones wait in `waiting` and the transport is not read, so TCP slows the client.
   */

  /**
   * Maximum number of waiting bytes; a client that sends more, although reading is paused, is
   * closed.
   */
  private static final int MAX_WAITING_BYTES = 1024 * 1024;

  /** What each waiting command counts in addition to its size, in bytes. */
  private static final int OVERHEAD_BYTES = 16;

  /** Maximum number of concurrent requests to the log and to presence. */
  private static final int MAX_IN_FLIGHT = 32;

  private static final Logger LOG = LoggerFactory.getLogger(CommandReader.class);

  private final LoopContext loop;
  private final ClientWriter writer;
  private final BooleanSupplier isSessionBusy;
  private final Consumer<byte[]> commands;
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private int inFlight;
  private boolean applying;
  private boolean slowed;
  private boolean reading = true;
  private boolean stopped;

  /**
   * Creates a reader without commands.
   *
   * @param isSessionBusy returns whether the next command has to wait
   * @param commands executes a command
   */
  CommandReader(
      LoopContext loop,
      ClientWriter writer,
      BooleanSupplier isSessionBusy,
      Consumer<byte[]> commands) {
    this.loop = loop;
    this.writer = writer;
    this.isSessionBusy = isSessionBusy;
    this.commands = commands;
  }

  /** Reads a message with one command or several. */
  void received(byte[] message) {
    if (writer.format().split(message, this::enqueue) == 0) {
      writer.close(Disconnect.badRequest("a message without a command").reason());
    } else if (waitingBytes > MAX_WAITING_BYTES) {
      writer.close(CloseReason.SLOW);
    } else {
      resume();
    }
  }

  private void enqueue(byte[] command) {
    waiting.add(command);
    waitingBytes += command.length + OVERHEAD_BYTES;
  }

  /** Starts waiting commands until the session is busy. */
  void resume() {
    if (applying || stopped) {
      return;
    }
    applying = true;
    writer.beginBatch();
    byte[] command = next();
    while (command != null) {
      commands.accept(command);
      slow(writer.transport().take());
      command = next();
    }
    applying = false;
    writer.endBatch();
    if (!writer.isClosed() && reading == isBusy()) {
      reading = !reading;
      writer.transport().read(reading);
    }
  }

  private byte @Nullable [] next() {
    byte[] command = isBusy() ? null : waiting.poll();
    if (command != null) {
      waitingBytes -= command.length + OVERHEAD_BYTES;
    }
    return command;
  }

  private boolean isBusy() {
    return slowed || inFlight >= MAX_IN_FLIGHT || isSessionBusy.getAsBoolean();
  }

  /** Starts no command for this time, in nanoseconds; no-op for 0. */
  void slow(long nanos) {
    if (nanos > 0 && !slowed) {
      slowed = true;
      loop.eventLoop()
          .schedule(
              () -> {
                slowed = false;
                resume();
              },
              nanos,
              TimeUnit.NANOSECONDS);
    }
  }

  /** Continues a command on the event loop when the future has completed. */
  <T> void await(ReplyHandle reply, Future<T> future, Consumer<T> next) {
    inFlight++;
    future.onComplete(
        (value, failure) -> loop.onLoop(() -> completed(reply, value, failure, next)));
  }

  private <T> void completed(
      ReplyHandle reply, T value, @Nullable Throwable failure, Consumer<T> next) {
    inFlight--;
    if (writer.isClosed()) {
      return;
    }
    if (failure == null) {
      reply.run(() -> next.accept(value));
    } else {
      LOG.debug("{} failed: {}", reply, failure.toString());
      reply.fail(CommandError.of(failure));
    }
    resume();
  }

  /** Returns whether the transport is being read, so that the reply to a ping would be noticed. */
  boolean isReading() {
    return reading;
  }

  /** Drops the waiting commands and starts no more. */
  void stop() {
    stopped = true;
    waiting.clear();
    waitingBytes = 0;
  }
}
