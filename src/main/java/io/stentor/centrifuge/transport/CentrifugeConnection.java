package io.stentor.centrifuge.transport;

import io.stentor.admission.ConnectTimeout;
import io.stentor.centrifuge.ClientTransport;
import io.stentor.centrifuge.Session;
import io.stentor.connection.Heartbeat;
import io.stentor.connection.Transport;
import io.stentor.http.LoopContext;
import io.stentor.http.ProblemType;
import io.stentor.http.RequestRefused;
import io.stentor.message.CloseReason;
import io.stentor.message.Member;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Centrifuge connection, independent of its transport. Keeps the connection count, heartbeat and
 * connect timeout up to date during its lifetime. Confined to its event loop.
 */
interface CentrifugeConnection
    extends ClientTransport, Heartbeat.Pinged, ConnectTimeout.PendingClient {

  /** The log of connection events. */
  Logger LOG = LoggerFactory.getLogger(CentrifugeConnection.class);

  /** Returns the protocol session of this connection. */
  Session session();

  /** Returns the services shared by the connections of this event loop. */
  LoopContext loop();

  /** Registers the new connection. */
  default void opened() {
    int count = loop().connections().opened(Transport.CENTRIFUGE);
    LOG.debug("connected: {} by the Centrifuge protocol, {} open", this, count);
    loop().heartbeat().add(this);
    loop().connectTimeout().add(this);
  }

  /**
   * Unregisters the connection after it has ended.
   *
   * @param reason the reason with which this server closed it; null if it did not
   * @param why the cause, for the log
   */
  default void ended(@Nullable CloseReason reason, String why) {
    loop().heartbeat().remove(this);
    loop().connectTimeout().remove(this);
    session().closed();
    int count = loop().connections().closed(Transport.CENTRIFUGE, reason);
    LOG.debug("closed: {}: {}, {} open", this, why, count);
  }

  /** Logs an error of this connection. */
  default void error(String what) {
    LOG.debug("error: {}, {} open: {}", this, loop().connections().open(), what);
  }

  @Override
  default boolean isConnected() {
    return session().isConnected();
  }

  @Override
  default boolean isConnecting() {
    return session().isConnecting();
  }

  /** Leaves only after every publish has been answered. */
  @Override
  default void leave() {
    session().leave(CloseReason.SHUTDOWN);
  }

  /**
   * The query parameters of a request that opens a Centrifuge connection.
   *
   * @param name the client's self-chosen name; empty for none
   * @param time whether publications should carry the time at which they were accepted
   */
  record ConnectParameters(String name, boolean time) {

    /**
     * Reads the parameters of a request.
     *
     * @throws RequestRefused if the name is invalid
     */
    static ConnectParameters of(HttpServerRequest request) {
      String name = request.getParam("name");
      try {
        String checked = name == null ? "" : Member.checkedName(name);
        return new ConnectParameters(checked, "true".equals(request.getParam("time")));
      } catch (IllegalArgumentException e) {
        throw RequestRefused.of(ProblemType.BAD_REQUEST, String.valueOf(e.getMessage()));
      }
    }
  }
}
