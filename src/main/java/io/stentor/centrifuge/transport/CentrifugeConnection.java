package io.stentor.centrifuge.transport;

import io.stentor.admission.ConnectTimeout;
import io.stentor.centrifuge.ClientTransport;
import io.stentor.centrifuge.Session;
import io.stentor.connection.Heartbeat;
import io.stentor.connection.Transport;
import io.stentor.http.LoopContext;
import io.stentor.message.CloseReason;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of the Centrifuge protocol, whatever carries it: how it is counted, and looked
 * after, while it lasts. Belongs to its event loop.
 */
interface CentrifugeConnection extends ClientTransport, Heartbeat.Pinged, ConnectTimeout.Newcomer {

  /** For what happens to connections. */
  Logger LOG = LoggerFactory.getLogger(CentrifugeConnection.class);

  /** What is said on it. */
  Session session();

  /** What it shares with others. */
  LoopContext server();

  /** It is there. */
  default void opened() {
    int count = server().connections().opened(Transport.CENTRIFUGE);
    LOG.debug("connected: {} by the Centrifuge protocol, {} open", this, count);
    server().heartbeat().add(this);
    server().connectTimeout().add(this);
  }

  /**
   * It has ended.
   *
   * @param reason what it was closed with here; null where it was not
   * @param why for the log
   */
  default void ended(@Nullable CloseReason reason, String why) {
    server().heartbeat().remove(this);
    server().connectTimeout().remove(this);
    session().closed();
    int count = server().connections().closed(Transport.CENTRIFUGE, reason);
    LOG.debug("closed: {}: {}, {} open", this, why, count);
  }

  /** Says in the log what is wrong with it. */
  default void error(String what) {
    LOG.debug("error: {}, {} open: {}", this, server().connections().open(), what);
  }

  @Override
  default boolean isConnected() {
    return session().isConnected();
  }

  @Override
  default boolean isConnecting() {
    return session().isConnecting();
  }

  /** Nothing that was published is left unanswered. */
  @Override
  default void leave() {
    session().leave(CloseReason.SHUTDOWN);
  }
}
