package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;
import io.stentor.json.JsonWriter;
import io.stentor.message.CloseReason;
import io.stentor.room.Output;
import java.util.function.Consumer;

/**
 * Writes the replies and pushes of one session, each in a frame. Flushes each one, but those of a
 * batch together. A client that lets too much wait is closed. One event loop.
 */
final class ClientWriter {

  /** A client with more than this queued is closed with {@link CloseReason#SLOW}. */
  private static final int MAX_QUEUED_BYTES = 1024 * 1024;

  private final ClientTransport transport;
  private final Output output;
  private final PushFormat format;
  private final Consumer<CloseReason> closeSession;
  private boolean batching;
  private boolean closed;

  ClientWriter(ClientTransport transport, PushFormat format, Consumer<CloseReason> closeSession) {
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

  PushFormat format() {
    return format;
  }

  /** Writes one object; no-op after the end of the session. */
  void write(JsonWriter object) {
    if (!closed) {
      writeFramed(format.framed(object));
    }
  }

  /** Writes one push; no-op after the end of the session. */
  void push(JsonWriter push) {
    if (!closed) {
      writeFramed(format.framedPush(push));
    }
  }

  private void writeFramed(ByteBuf framed) {
    output.write(framed);
    if (!batching) {
      output.flush();
    }
    if (!output.isWritable() && transport.queuedBytes() > MAX_QUEUED_BYTES) {
      close(CloseReason.SLOW);
    }
  }

  /** Flushes nothing until {@link #endBatch}. */
  void beginBatch() {
    batching = true;
  }

  void endBatch() {
    batching = false;
    if (!closed) {
      output.flush();
    }
  }

  /** Closes the session. */
  void close(CloseReason reason) {
    closeSession.accept(reason);
  }

  boolean isClosed() {
    return closed;
  }

  /** The session has ended. */
  void closed() {
    closed = true;
  }
}
