package io.stentor.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The files of one data directory, and the clocks of its machine. {@link FileDisk} is the real one;
 * tests simulate one that loses power. Names are those of files in the directory.
 */
interface Disk extends Closeable {

  /** Returns the path of the directory, for display. */
  String path();

  /** Creates the directory, and takes its lock, if they were removed. */
  void prepare() throws IOException;

  /** Returns the names of all files. */
  List<String> list() throws IOException;

  /**
   * Returns the first bytes of a file.
   *
   * @param limit largest number of bytes
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  byte[] read(String name, int limit) throws IOException;

  /** Creates an empty file. Replaces a file of this name. */
  Output create(String name) throws IOException;

  /** Renames a file, atomically. Replaces a file of the new name. */
  void rename(String from, String to) throws IOException;

  /** Deletes a file if it exists. */
  void delete(String name) throws IOException;

  /**
   * Writes the first bytes of a file to it once more, cuts off the rest, and flushes. This is
   * needed because the system, when a flush has failed, regards what it could not write as clean,
   * and would not flush it again.
   */
  void rewrite(String name, long size) throws IOException;

  /** Flushes which files exist under which names. */
  void sync() throws IOException;

  /** Returns an ID of this very file: a copy of it, or one restored from a backup, has another. */
  String identity(String name) throws IOException;

  /** Returns an ID that changes when the machine starts, or an empty string if it is not known. */
  String bootId();

  /** Returns milliseconds since 1970. May jump. */
  default long wallMillis() {
    return System.currentTimeMillis();
  }

  /** Returns elapsed time. */
  default long nanoTime() {
    return System.nanoTime();
  }

  @Override
  void close();

  /** A file that is written. One thread at a time. */
  interface Output extends Closeable {

    /** Writes all bytes that remain in the buffer at this position of the file. */
    void write(ByteBuffer bytes, long position) throws IOException;

    /** Cuts off what follows this position. */
    void truncate(long position) throws IOException;

    /** Flushes the content to the disk. */
    void force() throws IOException;

    /** Returns whether the file still exists under its name. */
    boolean exists();
  }
}
