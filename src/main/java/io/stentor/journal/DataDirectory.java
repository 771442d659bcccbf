package io.stentor.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data directory of a node: locked against other processes, with small state files that are
 * replaced as a whole, and the files of the {@link Journal}. Any thread.
 */
public final class DataDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
  private static final String IDENTITY = "identity";
  private static final String TEMPORARY = ".new";

  private static final int MAX_BYTES = 16 << 20;

  private final Disk disk;

  /** What the state files should contain, by name. */
  private final Map<String, byte[]> contents = new ConcurrentHashMap<>();

  private final boolean copy;

  /**
   * Uses a directory.
   *
   * @param disk the directory, locked unless it is only read
   */
  DataDirectory(Disk disk) throws IOException {
    this.disk = disk;
    byte[] identity = read(IDENTITY);
    boolean fresh =
        identity == null && disk.list().stream().noneMatch(name -> name.endsWith(".log"));
    if (fresh) {
      identify();
    }
    copy = !fresh && (identity == null || !Arrays.equals(identity, ownIdentity()));
  }

  /**
   * Opens a directory and takes its lock. Creates the directory if it does not exist.
   *
   * @throws DataException if another process has it, or it cannot be created or written
   */
  public static DataDirectory open(Path directory) throws DataException {
    FileDisk disk = FileDisk.open(directory);
    try {
      return new DataDirectory(disk);
    } catch (IOException e) {
      disk.close();
      throw new DataException("dataDir " + disk.path() + " cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * Returns whether this directory was found to be copied, or restored from a backup, or of unknown
   * origin. Does not change while it is open.
   */
  public boolean isCopy() {
    return copy;
  }

  /** Makes this directory an original. */
  synchronized void identify() throws IOException {
    // The file keeps its inode and its time of birth when it is renamed.
    write(IDENTITY, null);
  }

  private byte @Nullable [] ownIdentity() throws IOException {
    try {
      return disk.identity(IDENTITY).getBytes(StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * Returns a small state file.
   *
   * @param name a file name
   * @return null if there is none, or if it is damaged, which is logged
   */
  public byte @Nullable [] read(String name) throws IOException {
    byte[] file;
    try {
      file = disk.read(name, MAX_BYTES);
    } catch (NoSuchFileException e) {
      return null;
    }
    if (file.length < Integer.BYTES || ByteBuffer.wrap(file).getInt() != check(file)) {
      LOG.warn("The file {} in {} is damaged and is not used", name, disk.path());
      return null;
    }
    byte[] content = Arrays.copyOfRange(file, Integer.BYTES, file.length);
    contents.put(name, content);
    return content;
  }

  /**
   * Replaces a small state file atomically, and returns when it is flushed. Blocks.
   *
   * @param name a file name
   */
  public synchronized void replace(String name, byte[] content) throws IOException {
    contents.put(name, content);
    write(name, content);
  }

  /** Deletes a state file, and returns when that is flushed. Blocks. Needs no space. */
  public synchronized void delete(String name) throws IOException {
    contents.remove(name);
    disk.delete(name);
    disk.sync();
  }

  /** Writes a file. A file without a given content gets its own identity as content. */
  private void write(String name, byte @Nullable [] content) throws IOException {
    String temporary = name + TEMPORARY;
    try (Disk.Output output = disk.create(temporary)) {
      byte[] what =
          content != null ? content : disk.identity(temporary).getBytes(StandardCharsets.UTF_8);
      byte[] file = new byte[Integer.BYTES + what.length];
      System.arraycopy(what, 0, file, Integer.BYTES, what.length);
      ByteBuffer.wrap(file).putInt(check(file));
      output.write(ByteBuffer.wrap(file), 0);
      output.force();
      contents.put(name, what);
    }
    disk.rename(temporary, name);
    disk.sync();
  }

  private static int check(byte[] file) {
    CRC32C crc = new CRC32C();
    crc.update(file, Integer.BYTES, file.length - Integer.BYTES);
    return (int) crc.getValue();
  }

  /** Creates the directory and its state files again if they were removed. */
  synchronized void restore() throws IOException {
    disk.prepare();
    for (Map.Entry<String, byte[]> file : contents.entrySet()) {
      try {
        disk.read(file.getKey(), 0);
      } catch (NoSuchFileException e) {
        write(file.getKey(), file.getKey().equals(IDENTITY) ? null : file.getValue());
      }
    }
  }

  Disk disk() {
    return disk;
  }

  /** Returns the path. */
  @Override
  public String toString() {
    return disk.path();
  }

  /** Releases the lock. */
  @Override
  public void close() {
    disk.close();
  }
}
