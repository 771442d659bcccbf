package io.stentor.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A port that passes what it gets to another port inside of TLS, so that clients that know no TLS
 * can be used there. Believes every certificate. Any thread.
 */
public final class TlsTunnel implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final InetAddress from;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * Opens a tunnel to a port of 127.0.0.1.
   *
   * @param from the address of the loopback network that its connections come from
   */
  public TlsTunnel(int target, String from) {
    this.target = target;
    try {
      this.from = InetAddress.getByName(from);
      server = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    inBackground(this::accept);
  }

  /** Trusts everybody: for tests of servers whose certificate nobody signed. */
  public static SSLContext trustingEverybody() {
    TrustManager everybody =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {everybody}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The port to connect to. */
  public int port() {
    return server.getLocalPort();
  }

  private static void inBackground(Runnable task) {
    Thread thread = new Thread(task, "TLS tunnel");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket inside = server.accept();
        inBackground(() -> join(inside));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void join(Socket inside) {
    open.add(inside);
    try {
      Socket plain = new Socket();
      open.add(plain);
      plain.bind(new InetSocketAddress(from, 0));
      plain.connect(new InetSocketAddress("127.0.0.1", target));
      plain.setTcpNoDelay(true);
      inside.setTcpNoDelay(true);
      Socket outside =
          trustingEverybody()
              .getSocketFactory()
              .createSocket(plain, "localhost", target, /* autoClose= */ true);
      open.add(outside);
      inBackground(() -> pass(inside, outside));
      pass(outside, inside);
    } catch (IOException refused) {
      close(inside);
    }
  }

  private void pass(Socket one, Socket other) {
    try {
      InputStream in = one.getInputStream();
      byte[] bytes = new byte[8192];
      for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
        other.getOutputStream().write(bytes, 0, length);
        other.getOutputStream().flush();
      }
    } catch (IOException gone) {
      // The other end is told by the close.
    }
    close(one);
    close(other);
  }

  private void close(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException alreadyGone) {
      // Nothing is left to close.
    }
  }

  /** Ends all connections. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(this::close);
  }
}
