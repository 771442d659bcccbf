package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;
import io.stentor.centrifuge.codec.ClientFormat;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.message.CloseReason;
import io.stentor.room.Output;
import java.util.function.Consumer;

/**
 * Writes the replies and pushes of one session, each in a frame of its own. Flushes after each one,
 * or once for a batch. Closes a client that does not read. Confined to one event loop.
 */
final class ClientWriter {

  /**
   * Maximum number of queued bytes; above it the client is closed with {@link CloseReason#SLOW}.
   */
  private static final int MAX_QUEUED_BYTES = 1024 * 1024;

  private final ClientTransport transport;
  private final Output output;
  private final ClientFormat format;
  private final Consumer<CloseReason> closeSession;
  private boolean batching;

  /** Whether the batch has written anything. */
  private boolean unflushed;

  private boolean closed;

  ClientWriter(ClientTransport transport, ClientFormat format, Consumer<CloseReason> closeSession) {
    this.transport = transport;
    this.output = transport.output();
    this.format = format;
    this.closeSession = closeSession;
  }

  ClientTransport transport() {
    return transport;
  }

  Output output() {
    return output;
  }

  ClientFormat format() {
    return format;
  }

  /** Writes one reply, or a ping; no-op after the end of the session. */
  void reply(Content reply) {
    if (!closed) {
      writeFramed(format.reply(reply));
    }
  }

  /** Writes one push; no-op after the end of the session. */
  void push(Content push) {
    if (!closed) {
      writeFramed(format.push(push));
    }
  }

  private void writeFramed(ByteBuf framed) {
    if (batching) {
      unflushed = true;
      output.write(framed);
    } else {
      output.send(framed);
      framed.release();
    }
    if (!output.isWritable() && transport.queuedBytes() > MAX_QUEUED_BYTES) {
      close(CloseReason.SLOW);
    }
  }

  /** Delays flushes until {@link #endBatch}. */
  void beginBatch() {
    batching = true;
  }

  void endBatch() {
    batching = false;
    if (unflushed && !closed) {
      output.flush();
    }
    unflushed = false;
  }

  /** Closes the session. */
  void close(CloseReason reason) {
    closeSession.accept(reason);
  }

  boolean isClosed() {
    return closed;
  }

  /** Ignores all later writes, because the session has ended. */
  void closed() {
    closed = true;
  }
}
