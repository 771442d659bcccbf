package io.stentor.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.SplittableRandom;

/** Finds TCP ports of the loopback interface that are free at this moment. Any thread. */
public final class Ports {
  private static final SplittableRandom RANDOM = new SplittableRandom(System.nanoTime());

  private Ports() {}

  /** One free port, chosen by the system. */
  public static int free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The first of ten free ports in a row, at random and below the range that the system gives out
   * by itself, so that clusters of tests that run side by side stay apart.
   */
  public static synchronized int freeRange() {
    for (int attempt = 0; attempt < 1000; attempt++) {
      int first = RANDOM.nextInt(1_000, 3_200) * 10;
      if (allFree(first)) {
        return first;
      }
    }
    throw new IllegalStateException("no ten free ports in a row between 10000 and 32000");
  }

  private static boolean allFree(int first) {
    for (int port = first; port < first + 10; port++) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      } catch (IOException taken) {
        return false;
      }
    }
    return true;
  }
}
