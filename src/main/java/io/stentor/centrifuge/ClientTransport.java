package io.stentor.centrifuge;

import io.stentor.config.RoomOptions;
import io.stentor.message.CloseReason;
import io.stentor.room.Format;
import io.stentor.room.Output;
import org.jspecify.annotations.Nullable;

/** The transport of one session. Confined to one event loop. */
public interface ClientTransport {

  /**
   * Returns where frames are written. {@link Session#drained} is called when it was full and
   * becomes writable again.
   */
  Output output();

  /**
   * Returns the format of the publications of a room.
   *
   * @param plain the format of everything else that this client is sent
   */
  default Format format(Format plain, RoomOptions room) {
    return plain;
  }

  /** Returns the number of bytes that were written and not sent yet. */
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

  /** Returns where the client posts its commands; null if this transport carries them. */
  default @Nullable Mailbox mailbox() {
    return null;
  }

  /**
   * Closes with a reason; further writes are ignored. {@link Session#closed} is called afterwards.
   */
  void close(CloseReason reason);

  /**
   * Where a client posts its commands if its transport only carries data from the server.
   *
   * @param session the id of the session; a secret that authorises commands
   * @param node the node that has the session
   */
  record Mailbox(String session, String node) {}
}
