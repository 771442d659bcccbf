package io.stentor.server;

import io.stentor.centrifuge.api.ServerApi;
import io.stentor.centrifuge.transport.Mailboxes;
import io.stentor.config.HostPort;
import io.stentor.config.HttpOptions;
import io.stentor.config.HttpOptions.TlsOptions;
import io.stentor.http.NodeServices;
import io.stentor.lifecycle.Drain;
import io.stentor.lifecycle.ListenAddresses;
import io.stentor.lifecycle.Platform;
import io.stentor.lifecycle.Reload;
import io.stentor.tls.Certificate;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of one node: one on each event loop, all on the same port and with the same
 * certificate. Any thread.
 */
public final class Servers {

  private static final Logger LOG = LoggerFactory.getLogger(Servers.class);

  private final HttpOptions options;
  private final AtomicReference<@Nullable Certificate> certificate;
  private final AtomicInteger port;
  private final List<Server> all = new CopyOnWriteArrayList<>();

  /**
   * None yet. Reads the certificate; blocks while it does.
   *
   * @throws io.stentor.config.ConfigException when that is not what it should be
   */
  public Servers(HttpOptions options) {
    this.options = options;
    this.port = new AtomicInteger(options.port());
    TlsOptions tls = options.tls();
    this.certificate = new AtomicReference<>(tls.isOn() ? Certificate.read("http.tls", tls) : null);
  }

  /** Listens, with as many servers as there are event loops. */
  public Future<Boolean> start(
      Platform platform,
      NodeServices house,
      ServerApi api,
      Mailboxes mailboxes,
      Operations operations) {
    Vertx vertx = platform.vertx();
    DeploymentOptions each = new DeploymentOptions().setInstances(platform.eventLoops());
    return onUnixSocket(vertx, (path, mode) -> UnixSocket.clear(path))
        .compose(
            clear -> vertx.deployVerticle(() -> server(house, api, mailboxes, operations), each))
        .compose(listening -> onUnixSocket(vertx, UnixSocket::permit));
  }

  private Server server(
      NodeServices house, ServerApi api, Mailboxes mailboxes, Operations operations) {
    Server server = new Server(house, api, mailboxes, operations, certificate::get, port);
    all.add(server);
    return server;
  }

  private Future<Boolean> onUnixSocket(Vertx vertx, BiConsumer<String, String> action) {
    String path = options.unixSocket();
    return path.isEmpty()
        ? Future.succeededFuture(true)
        : vertx.executeBlocking(
            () -> {
              action.accept(path, options.unixSocketMode());
              return true;
            });
  }

  /** The port that is listened on; before that, the one that is configured. */
  public int port() {
    return port.get();
  }

  /** What the clients of each server leave by; as many as there are at the moment. */
  public List<? extends Drain.Door> doors() {
    return all;
  }

  /** Writes the addresses and the certificate to the log. */
  public void tell(Logger log) {
    new ListenAddresses(options, port()).tell(log);
    Certificate shown = certificate.get();
    if (shown != null) {
      Reload.tell(shown, log);
    }
  }

  /** New connections are given this certificate from now on. */
  public void show(Certificate other) {
    certificate.set(other);
    for (Server server : all) {
      server
          .renew()
          .onFailure(failure -> LOG.error("the certificate could not be changed", failure));
    }
  }

  /** Names the address, which the system leaves out; native sockets say it with IOException. */
  public Throwable cannotListen(Throwable failure) {
    if (!(failure instanceof IOException)) {
      return failure;
    }
    return new HostPort(options.host(), port()).cannotListen(failure);
  }
}
