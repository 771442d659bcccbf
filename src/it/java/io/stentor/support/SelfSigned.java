package io.stentor.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A certificate for localhost that nobody signed, as the PEM files that servers read.
 *
 * @param certificate file of the certificate
 * @param key file of its key, not encrypted
 * @param both file of one behind the other, the only one in its directory
 */
public record SelfSigned(Path certificate, Path key, Path both) {
  private static final String PASSWORD = "changeit";

  /** Makes one in a directory that is there. */
  public static SelfSigned in(Path directory) {
    try {
      KeyStore store = make(directory.resolve("key.p12"));
      String certificate = pem("CERTIFICATE", store.getCertificate("key").getEncoded());
      byte[] secret = store.getKey("key", PASSWORD.toCharArray()).getEncoded();
      String key = pem("PRIVATE KEY", secret);
      Path together = Files.createDirectories(directory.resolve("together"));
      return new SelfSigned(
          Files.writeString(directory.resolve("fullchain.pem"), certificate),
          Files.writeString(directory.resolve("key.pem"), key),
          Files.writeString(together.resolve("both.pem"), certificate + key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore make(Path file) throws IOException, GeneralSecurityException {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process process =
        new ProcessBuilder(
                keytool,
                "-genkeypair",
                "-alias",
                "key",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException("keytool failed: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private static String pem(String type, byte[] content) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + type + "-----\n" + lines + "\n-----END " + type + "-----\n";
  }
}
