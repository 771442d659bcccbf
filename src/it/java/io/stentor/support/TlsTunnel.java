package io.stentor.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A port that passes what it gets to another port inside of TLS, so that clients that know no TLS
 * can be used there. Believes every certificate. Any thread.
 */
public final class TlsTunnel implements AutoCloseable {
  private final int target;
  private final InetAddress from;
  private final Relay relay;

  /**
   * Opens a tunnel to a port of 127.0.0.1.
   *
   * @param from the address of the loopback network that its connections come from
   */
  public TlsTunnel(int target, String from) {
    this.target = target;
    try {
      this.from = InetAddress.getByName(from);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    relay = new Relay("TLS tunnel", this::join);
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
    return relay.port();
  }

  private void join(Socket inside) {
    Socket plain = relay.keep(new Socket());
    try {
      plain.bind(new InetSocketAddress(from, 0));
      plain.connect(new InetSocketAddress("127.0.0.1", target));
      plain.setTcpNoDelay(true);
      inside.setTcpNoDelay(true);
      Socket outside =
          trustingEverybody()
              .getSocketFactory()
              .createSocket(plain, "localhost", target, /* autoClose= */ true);
      relay.keep(outside);
      relay.start(() -> relay.pass(inside, outside));
      relay.pass(outside, inside);
    } catch (IOException refused) {
      relay.close(inside, plain);
    }
  }

  /** Ends all connections. */
  @Override
  public void close() {
    relay.close();
  }
}
