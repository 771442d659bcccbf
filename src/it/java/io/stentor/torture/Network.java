package io.stentor.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Where the nodes live: an address for each. One thread at a time. */
interface Network extends AutoCloseable {

  /** The address of node {@code index}, which clients of this process reach. */
  String host(int index);

  /** What stands before the command of node {@code index}. */
  List<String> prefix(int index);

  /** Whether {@link #cut} works here. */
  boolean canCut();

  /** Cuts node {@code index} off from every other node, silently; clients still reach it. */
  void cut(int index);

  /** Cuts two nodes off from each other, silently; both still reach every other node. */
  void cut(int one, int other);

  /** Loses what node {@code from} sends to node {@code to}, silently; the other way is open. */
  void cutOneWay(int from, int to);

  /** Ends every cut. */
  void heal();

  @Override
  void close();

  /** Namespaces where this user may make them, else the loopback interface. */
  static Network best(int nodes) {
    try {
      return new Namespaces(nodes);
    } catch (UncheckedIOException | IllegalStateException e) {
      return new Loopback();
    }
  }

  /** All nodes share the loopback interface; they cannot be cut. */
  final class Loopback implements Network {
    @Override
    public String host(int index) {
      return "127.0.0.1";
    }

    @Override
    public List<String> prefix(int index) {
      return List.of();
    }

    @Override
    public boolean canCut() {
      return false;
    }

    @Override
    public void cut(int index) {
      throw new UnsupportedOperationException("the loopback interface cannot be cut");
    }

    @Override
    public void cut(int one, int other) {
      cut(one);
    }

    @Override
    public void cutOneWay(int from, int to) {
      cut(from);
    }

    @Override
    public void heal() {}

    @Override
    public void close() {}
  }

  /**
   * Runs a command to its end.
   *
   * @throws IllegalStateException with its output where it fails
   */
  static void run(String command) {
    try {
      Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + ": " + output.strip());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
