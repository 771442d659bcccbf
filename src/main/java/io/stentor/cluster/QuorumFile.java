package io.stentor.cluster;

import io.stentor.cluster.Agreement.Acceptor;
import io.stentor.cluster.Agreement.State;
import io.stentor.journal.DataDirectory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node remembers of its agreements when it restarts: a small file in its data directory,
 * which is on the disk before anybody learns of a new state. If a state cannot be written, the file
 * is deleted: a node that remembers nothing is a newcomer, but one that remembers an older
 * agreement could take part of the cluster for its majority.
 */
final class QuorumFile {

  /** Keeps nothing: for a node without a data directory. */
  static final QuorumFile NONE = new QuorumFile(null, 0, System::nanoTime);

  private static final Logger LOG = LoggerFactory.getLogger(QuorumFile.class);
  private static final String FILE = "members";

  /** Maximum time for which a node that remembers nothing, and is alone, waits for others. */
  private static final int STARTING_SECONDS = 10;

  private final @Nullable DataDirectory directory;
  private final int waitSeconds;
  private final LongSupplier nanoTime;

  /** When this node began to wait; null before. A slow start does not count as waiting. */
  private @Nullable Long sinceNanos;

  private int loggedMissing;

  /** When this node began to wait for nodes that start; null before. */
  private @Nullable Long startingNanos;

  private boolean loggedStarting;

  /**
   * Creates the file's reader and writer.
   *
   * @param waitSeconds how long nodes that restart wait for the members that they last knew
   * @param nanoTime elapsed time
   */
  QuorumFile(@Nullable DataDirectory directory, int waitSeconds, LongSupplier nanoTime) {
    this.directory = directory;
    this.waitSeconds = waitSeconds;
    this.nanoTime = nanoTime;
  }

  /**
   * Returns the acceptor of a node that has just started. The node is a newcomer if it remembers
   * nothing, or if its directory is a copy, because another node may have the original.
   */
  Acceptor restarted(UUID node) {
    State state = remembered();
    return state == null ? newcomer(node) : new Acceptor(node, state, now -> keep(node, now));
  }

  /** Returns the state from before the restart; null if there is no valid one. */
  private @Nullable State remembered() {
    if (directory == null || directory.isCopy()) {
      return null;
    }
    try {
      byte[] file = directory.read(FILE);
      if (file == null || file.length == 0) {
        return null;
      }
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
      int version = WireVersion.checked(in.readByte());
      UUID former = WireType.readUuid(in);
      return QuorumMessage.readState(in, version).restarted(former);
    } catch (IOException | RuntimeException e) {
      LOG.error("what the nodes agreed on cannot be read; rooms continue in new epochs", e);
      return null;
    }
  }

  /** Forgets the state from before the restart. Returns whether this node was the only member. */
  boolean forget() {
    State state = remembered();
    if (state == null || directory == null) {
      return false;
    }
    boolean alone = state.isAlone();
    try {
      directory.replace(FILE, new byte[0]);
    } catch (IOException e) {
      LOG.error("what the nodes agreed on cannot be removed from {}", directory, e);
    }
    return alone;
  }

  /**
   * Returns the acceptor of a node that has a new UUID because it has merged into another cluster.
   * Nodes that restart may find each other only while they wait for the others; that is the same as
   * to restart once more. A node that has taken part in an agreement since is a newcomer.
   */
  Acceptor merged(Acceptor before, UUID node) {
    State waiting = before.untouched();
    return waiting == null ? newcomer(node) : new Acceptor(node, waiting, now -> keep(node, now));
  }

  /** Returns the acceptor of a node that remembers nothing. */
  private Acceptor newcomer(UUID node) {
    return new Acceptor(node, State.NEWCOMER, now -> keep(node, now));
  }

  private void keep(UUID node, State state) {
    if (directory == null) {
      return;
    }
    // Until the node adopts an agreement, it is the member that it was.
    UUID member = state.former() != null ? state.former() : node;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      out.writeByte(WireVersion.NEWEST);
      WireType.write(member, out);
      QuorumMessage.write(state, out, WireVersion.NEWEST);
      directory.replace(FILE, bytes.toByteArray());
    } catch (IOException e) {
      LOG.error("what the nodes agreed on cannot be written to {}", directory, e);
      delete(directory);
    }
  }

  private static void delete(DataDirectory directory) {
    try {
      directory.delete(FILE);
    } catch (IOException e) {
      LOG.error(
          "{} in {} is outdated and cannot be deleted: delete it before this node restarts",
          FILE,
          directory,
          e);
    }
  }

  /** Returns whether to go on waiting for missing members of the last run. One thread. */
  boolean waitsFor(int missing) {
    long now = nanoTime.getAsLong();
    long since = sinceNanos == null ? now : sinceNanos;
    sinceNanos = since;
    long waited = TimeUnit.NANOSECONDS.toSeconds(now - since);
    boolean waits = waited < waitSeconds;
    if (waits && loggedMissing != missing) {
      LOG.info(
          "waiting for {} of the nodes of the last run, for at most {} s (cluster.restartWaitSeconds)",
          missing,
          waitSeconds - waited);
      loggedMissing = missing;
    }
    return waits;
  }

  /**
   * Returns whether a node that remembers nothing, and is alone, goes on waiting for nodes that
   * start. If it has lost its disk, they have the logs, which it would begin anew. One thread.
   *
   * @param others addresses at which nodes answer; null if they are not known yet
   */
  boolean waitsForStarting(@Nullable List<String> others) {
    if (directory == null || (others != null && others.isEmpty())) {
      return false;
    }
    int seconds = Math.min(STARTING_SECONDS, waitSeconds);
    long now = nanoTime.getAsLong();
    long since = startingNanos == null ? now : startingNanos;
    startingNanos = since;
    boolean waits = TimeUnit.NANOSECONDS.toSeconds(now - since) < seconds;
    if (waits && others != null && !loggedStarting) {
      LOG.info("waiting for nodes that are starting, for at most {} s: {}", seconds, others);
      loggedStarting = true;
    }
    return waits;
  }
}
