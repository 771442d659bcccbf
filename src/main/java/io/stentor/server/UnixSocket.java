package io.stentor.server;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Manages the file of a Unix domain socket before and after listening. All methods block. */
final class UnixSocket {

  private static final int KIND = 0170000;
  private static final int SOCKET = 0140000;

  /** The permissions in the order of the mode bits, lowest first. */
  private static final PosixFilePermission[] BITS = {
    PosixFilePermission.OTHERS_EXECUTE,
    PosixFilePermission.OTHERS_WRITE,
    PosixFilePermission.OTHERS_READ,
    PosixFilePermission.GROUP_EXECUTE,
    PosixFilePermission.GROUP_WRITE,
    PosixFilePermission.GROUP_READ,
    PosixFilePermission.OWNER_EXECUTE,
    PosixFilePermission.OWNER_WRITE,
    PosixFilePermission.OWNER_READ
  };

  private UnixSocket() {}

  /**
   * Removes a stale socket that a killed process has left behind.
   *
   * @throws IllegalStateException with a readable message if the path is another kind of file,
   *     another process listens there, or the file cannot be removed
   */
  static void clear(String path) {
    Path file = Path.of(path);
    try {
      int mode = (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      if ((mode & KIND) != SOCKET) {
        throw cannotListen(path, "there is a file that is no socket");
      }
      if (isServed(file)) {
        throw cannotListen(path, "another process listens there");
      }
      Files.delete(file);
    } catch (NoSuchFileException e) {
      // The path is free.
    } catch (IOException e) {
      throw cannotListen(path, e.toString());
    }
  }

  private static boolean isServed(Path file) {
    try (SocketChannel asking = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return asking.connect(UnixDomainSocketAddress.of(file));
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Sets the permissions of the socket.
   *
   * @param mode three octal digits
   * @throws IllegalStateException with a readable message if they cannot be set
   */
  static void permit(String path, String mode) {
    int bits = Integer.parseInt(mode, 8);
    Set<PosixFilePermission> allowed = EnumSet.noneOf(PosixFilePermission.class);
    for (int i = 0; i < BITS.length; i++) {
      if ((bits & (1 << i)) != 0) {
        allowed.add(BITS[i]);
      }
    }
    try {
      Files.setPosixFilePermissions(Path.of(path), allowed);
    } catch (IOException e) {
      throw cannotListen(path, e.toString());
    }
  }

  private static IllegalStateException cannotListen(String path, String why) {
    return new IllegalStateException("cannot listen on " + path + ": " + why);
  }
}
