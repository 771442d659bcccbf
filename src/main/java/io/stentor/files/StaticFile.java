package io.stentor.files;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.MimeMapping;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A file that can be served. Immutable.
 *
 * @param contentType value of {@code Content-Type}
 * @param etag strong, made from the content alone: equal on every node that has the same file
 * @param size length in bytes
 * @param bytes the content; {@code null} where the file is too large to be held
 */
record StaticFile(String contentType, String etag, long size, @Nullable Buffer bytes) {
  /** Files up to this size are held in memory; larger ones are read for each request. */
  static final int MAX_HELD_BYTES = 256 * 1024;

  private static final int ETAG_BYTES = 18;

  /**
   * Reads a file. Blocks.
   *
   * @param name decides the content type
   */
  static StaticFile read(String name, InputStream in) throws IOException {
    MessageDigest digest = sha256();
    Buffer bytes = Buffer.buffer();
    byte[] chunk = new byte[16 * 1024];
    long size = 0;
    for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
      digest.update(chunk, 0, n);
      size += n;
      if (size <= MAX_HELD_BYTES) {
        bytes.appendBytes(chunk, 0, n);
      }
    }
    byte[] hash = Arrays.copyOf(digest.digest(), ETAG_BYTES);
    String etag = '"' + Base64.getUrlEncoder().encodeToString(hash) + '"';
    return new StaticFile(typeOf(name), etag, size, size <= MAX_HELD_BYTES ? bytes : null);
  }

  private static String typeOf(String name) {
    String type = MimeMapping.mimeTypeForFilename(name);
    if (type == null) {
      return "application/octet-stream";
    }
    return type.startsWith("text/") ? type + "; charset=utf-8" : type;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
