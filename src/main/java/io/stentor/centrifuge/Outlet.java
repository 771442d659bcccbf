package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;
import io.stentor.message.CloseReason;

/**
 * The way from a session to its client. Everything written is framed already. Belongs to one event
 * loop.
 */
public interface Outlet {

  /** Whether the client takes more now. When it does again, {@link Session#drained} is called. */
  boolean isWritable();

  /** Bytes that were written and that the client has not taken. */
  long queuedBytes();

  /** Writes at once. The bytes are only lent. */
  void send(ByteBuf shared);

  /** Writes without flushing; takes over one reference. */
  void write(ByteBuf framed);

  /** Sends what was written. */
  void flush();

  /** Whether commands are wanted. Some that are on their way may come all the same. */
  void read(boolean on);

  /**
   * Takes one command from the pace of the connection.
   *
   * @return for how many nanoseconds no further one should be begun; mostly 0
   */
  default long take() {
    return 0;
  }

  /** Says why and closes; further writes are ignored. {@link Session#closed} follows. */
  void close(CloseReason reason);
}
