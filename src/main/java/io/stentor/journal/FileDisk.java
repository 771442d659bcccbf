package io.stentor.journal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A directory of the file system, locked against other processes unless it is only read. */
final class FileDisk implements Disk {
  private static final String LOCK = "lock";
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final Path directory;

  /** Null in a directory that is only read. */
  private @Nullable FileChannel lockFile;

  private @Nullable Object lockKey;

  private FileDisk(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  /** Opens a directory for reading only, which another process may use. */
  static FileDisk toRead(Path directory) {
    return new FileDisk(directory);
  }

  /** Opens a directory. Creates it if it does not exist. */
  static FileDisk open(Path directory) throws DataException {
    try {
      FileDisk disk = new FileDisk(directory);
      disk.lockFile = disk.lock();
      return disk;
    } catch (DataException e) {
      throw e;
    } catch (FileAlreadyExistsException e) {
      throw refused(directory, "is not a directory: name another path", e);
    } catch (AccessDeniedException e) {
      throw refused(
          directory, "must be writable by the user that runs this process, but is not", e);
    } catch (IOException e) {
      throw refused(directory, "cannot be used: " + e.getMessage(), e);
    }
  }

  private static DataException refused(Path directory, String reason, Throwable cause) {
    return new DataException("dataDir " + directory + " " + reason, cause);
  }

  private FileChannel lock() throws IOException {
    create(directory);
    Path path = directory.resolve(LOCK);
    FileChannel file =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            forOwnerOnly(path, "rw-------"));
    try {
      FileLock lock = file.tryLock();
      if (lock != null) {
        lockKey = keyOf(path);
        return file;
      }
    } catch (OverlappingFileLockException e) {
      // This process has it.
    } catch (IOException e) {
      file.close();
      throw e;
    }
    file.close();
    throw new DataException(
        "dataDir " + directory + " is used by another process: stop it, or name another path");
  }

  /** Creates a directory and its parents, so that they are there after a power loss. */
  private void create(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent != null && !Files.isDirectory(path)) {
      create(parent);
      Files.createDirectory(path, forOwnerOnly(path, "rwx------"));
      sync(parent);
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Returns the mode of a file or directory with messages, where the file system knows modes. */
  private static FileAttribute<?>[] forOwnerOnly(Path path, String mode) {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  private static @Nullable Object keyOf(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  @Override
  public String path() {
    return directory.toString();
  }

  @Override
  public void prepare() throws IOException {
    Path path = directory.resolve(LOCK);
    if (!Files.exists(path) || !Objects.equals(keyOf(path), lockKey)) {
      close();
      lockFile = lock();
    }
  }

  @Override
  public List<String> list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toList());
    }
  }

  @Override
  public byte[] read(String name, int limit) throws IOException {
    try (InputStream in = Files.newInputStream(directory.resolve(name))) {
      return in.readNBytes(limit);
    }
  }

  @Override
  public Output create(String name) throws IOException {
    return new FileOutput(directory.resolve(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void rewrite(String name, long size) throws IOException {
    try (FileChannel file =
        FileChannel.open(
            directory.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      file.truncate(size);
      ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
      long position = 0;
      while (file.read(bytes.clear(), position) > 0) {
        bytes.flip();
        while (bytes.hasRemaining()) {
          position += file.write(bytes, position);
        }
      }
      file.force(false);
    }
  }

  @Override
  public void sync() throws IOException {
    sync(directory);
  }

  @Override
  public String identity(String name) throws IOException {
    BasicFileAttributes file =
        Files.readAttributes(directory.resolve(name), BasicFileAttributes.class);
    String key = String.valueOf(file.fileKey());
    // Without the device, which may change when a volume is attached again.
    String inode = key.substring(key.indexOf("ino=") + 1);
    return inode + " " + file.creationTime();
  }

  @Override
  public String bootId() {
    try {
      return Files.readString(BOOT_ID).trim();
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() {
    try {
      if (lockFile != null) {
        lockFile.close();
      }
    } catch (IOException e) {
      // The lock ends with the process.
    }
  }

  private static final class FileOutput implements Output {
    private final Path path;
    private final FileChannel channel;
    private final @Nullable Object key;

    FileOutput(Path path) throws IOException {
      this.path = path;
      channel =
          FileChannel.open(
              path,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING,
                  StandardOpenOption.WRITE),
              forOwnerOnly(path, "rw-------"));
      key = keyOf(path);
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      long at = position;
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    }

    @Override
    public void truncate(long position) throws IOException {
      channel.truncate(position);
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public boolean exists() {
      try {
        return Objects.equals(keyOf(path), key);
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
