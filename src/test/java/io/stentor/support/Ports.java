package io.stentor.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.SplittableRandom;

/**
 * Finds TCP ports of the loopback interface that are free at this moment: at random, and below
 * those that the system gives to clients, so that none is taken before a server listens there. Any
 * thread.
 */
public final class Ports {
  private static final SplittableRandom RANDOM = new SplittableRandom(System.nanoTime());

  /** Ranges are below, single ports from here on. */
  private static final int FIRST_SINGLE = 20_000;

  private static final int FIRST = 10_000;
  private static final int END = 32_000;
  private static final int RANGE = 10;
  private static final int ATTEMPTS = 1000;

  private Ports() {}

  /** Returns one free port. */
  public static synchronized int free() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = RANDOM.nextInt(FIRST_SINGLE, END);
      if (areFree(port, 1)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port between " + FIRST_SINGLE + " and " + END);
  }

  /** Returns the first of ten free ports in a row. */
  public static synchronized int freeRange() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int first = RANDOM.nextInt(FIRST / RANGE, FIRST_SINGLE / RANGE) * RANGE;
      if (areFree(first, RANGE)) {
        return first;
      }
    }
    throw new IllegalStateException(
        "no ten free ports in a row between " + FIRST + " and " + FIRST_SINGLE);
  }

  private static boolean areFree(int first, int count) {
    for (int port = first; port < first + count; port++) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      } catch (IOException taken) {
        return false;
      }
    }
    return true;
  }
}
