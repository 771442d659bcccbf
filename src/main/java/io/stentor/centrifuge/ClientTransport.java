package io.stentor.centrifuge;

import io.stentor.message.CloseReason;
import io.stentor.room.Output;
import org.jspecify.annotations.Nullable;

/** The transport of one session. Belongs to one event loop. */
public interface ClientTransport {

  /** Where frames go. When it is full and becomes writable, {@link Session#drained} is called. */
  Output output();

  /** Bytes that were written and not yet taken by the client. */
  long queuedBytes();

  /** Starts or pauses reading. Commands that are already on their way may still arrive. */
  void read(boolean on);

  /**
   * Stops or resumes the delivery of messages, as if the client had stopped reading; replies still
   * go out. {@link Session#drained} is called when it resumes.
   *
   * @return whether this has changed anything; never if the transport cannot do it
   */
  default boolean hold(boolean on) {
    return false;
  }

  /**
   * Counts one command against the rate of the connection.
   *
   * @return nanoseconds before the next command should start; usually 0
   */
  default long take() {
    return 0;
  }

  /** Where the client posts its commands; null if this transport carries them. */
  default @Nullable Mailbox mailbox() {
    return null;
  }

  /**
   * Closes with a reason; further writes are ignored. {@link Session#closed} is called afterwards.
   */
  void close(CloseReason reason);

  /**
   * Where a client whose transport carries nothing to the server posts its commands.
   *
   * @param session names the session, and whoever knows it speaks for the client
   * @param node where the session is
   */
  record Mailbox(String session, String node) {}
}
