package io.stentor.admission;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.spi.transport.Transport;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The system's transport with an {@link AcceptLimiter} on every socket that serves clients. This is
 * the only place in Vert.x where a connection can be counted before any work is done for it.
 */
public final class GuardedTransport implements Transport, io.vertx.core.transport.Transport {
  private final io.vertx.core.transport.Transport system;
  private final Transport inner;
  private final AcceptLimiter limiter;

  /** Creates the native transport if it is available, otherwise NIO. */
  public GuardedTransport(Limits limits, HttpFallback http) {
    this.limiter = new AcceptLimiter(limits, http);
    io.vertx.core.transport.Transport found = io.vertx.core.transport.Transport.nativeTransport();
    system = found != null && found.available() ? found : io.vertx.core.transport.Transport.NIO;
    inner = system.implementation();
  }

  @Override
  public String name() {
    return system.name();
  }

  @Override
  public boolean available() {
    return system.available();
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return system.unavailabilityCause();
  }

  @Override
  public Transport implementation() {
    return this;
  }

  /** Marks a server without WebSockets as one whose connections are guarded. */
  public static HttpServerOptions guarded(HttpServerOptions options) {
    return options.setWebSocketSubProtocols(List.of());
  }

  /**
   * Guards servers with sub-protocols, which every server for clients sets, even to an empty list.
   * The event bus and others do not.
   */
  @Override
  public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
    inner.configure(options, domainSocket, bootstrap);
    if (options instanceof HttpServerOptions http && http.getWebSocketSubProtocols() != null) {
      bootstrap.handler(limiter);
    }
  }

  @Override
  public boolean supportsDomainSockets() {
    return inner.supportsDomainSockets();
  }

  @Override
  public boolean supportFileRegion() {
    return inner.supportFileRegion();
  }

  @Override
  public boolean isAvailable() {
    return inner.isAvailable();
  }

  @Override
  public SocketAddress convert(io.vertx.core.net.SocketAddress address) {
    return inner.convert(address);
  }

  @Override
  public io.vertx.core.net.SocketAddress convert(SocketAddress address) {
    return inner.convert(address);
  }

  @Override
  public IoHandlerFactory ioHandlerFactory() {
    return inner.ioHandlerFactory();
  }

  @Override
  public EventLoopGroup eventLoopGroup(
      int type, int threads, ThreadFactory threadFactory, int ioRatio) {
    return inner.eventLoopGroup(type, threads, threadFactory, ioRatio);
  }

  @Override
  public DatagramChannel datagramChannel() {
    return inner.datagramChannel();
  }

  @Override
  @SuppressWarnings("deprecation") // Vert.x calls this variant.
  public DatagramChannel datagramChannel(InternetProtocolFamily family) {
    return inner.datagramChannel(family);
  }

  @Override
  public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
    return inner.channelFactory(domainSocket);
  }

  @Override
  public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
    return inner.serverChannelFactory(domainSocket);
  }

  @Override
  public void configure(DatagramChannel channel, DatagramSocketOptions options) {
    inner.configure(channel, options);
  }

  @Override
  public void configure(
      ClientOptionsBase options, int connectTimeout, boolean domainSocket, Bootstrap bootstrap) {
    inner.configure(options, connectTimeout, domainSocket, bootstrap);
  }
}
