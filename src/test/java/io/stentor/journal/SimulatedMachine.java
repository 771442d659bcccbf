package io.stentor.journal;

import io.stentor.journal.SimulatedDisk.Loss;
import java.io.IOException;

/** A machine with a data directory, for tests of other packages. It ends at any operation. */
public final class SimulatedMachine {
  /** Small files, so that space is reclaimed often. */
  public static final JournalOptions SMALL = new JournalOptions(4096, 1 << 20, 1000, 250);

  private final SimulatedDisk disk;

  public SimulatedMachine(long seed) {
    disk = new SimulatedDisk(seed);
  }

  /** Opens the data directory, as the only process that does. */
  public DataDirectory open() throws IOException {
    return new DataDirectory(disk);
  }

  /** Makes the disk stop at the n-th operation from now: all that is written then fails. */
  public void stopAfter(int operations) {
    disk.stopAfter(operations);
  }

  /** Makes the disk refuse all writes, or take them again. */
  public void full(boolean isFull) {
    disk.full = isFull;
  }

  /** Fills the disk: files cannot grow, but can be deleted. */
  public void fill() {
    disk.freeBytes = 0;
  }

  /** Lets time pass. */
  public void advance(long millis) {
    disk.advance(millis);
  }

  /** Ends the process. */
  public void kill() {
    disk.kill();
  }

  /**
   * Ends the machine.
   *
   * @param any whether any part of what was not flushed may be left; otherwise nothing is
   */
  public void losePower(boolean any) {
    disk.losePower(any ? Loss.ANY_UNFLUSHED : Loss.ALL_UNFLUSHED);
  }
}
