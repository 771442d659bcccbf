package io.stentor.support;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * An authority that signs certificates for this machine, made anew by the JDK's own tool. One
 * thread.
 */
public final class TestCertificates {
  private static final String PASSWORD = "changeit";

  private final Path directory;
  private final Path store;

  /**
   * Makes the authority.
   *
   * @param directory for its files
   */
  public TestCertificates(Path directory, String name) {
    this.directory = directory;
    this.store = directory.resolve(name + ".p12");
    make("authority", name, "-ext", "bc:c");
    Certificate authority = load().authority();
    write(authorityFile(), "CERTIFICATE", encoded(authority));
  }

  /**
   * A certificate and its key.
   *
   * @param chainFile PEM: the certificate and that of its authority
   * @param keyFile PEM, PKCS #8
   */
  public record Pair(Path chainFile, Path keyFile) {
    /** Puts another pair's content into this one's files, the key first. */
    public void become(Pair other) {
      try {
        Files.copy(other.keyFile, keyFile, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.copy(other.chainFile, chainFile, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private record Store(KeyStore keys) {
    Certificate authority() {
      try {
        return keys.getCertificate("authority");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** The certificate of the authority, as PEM. */
  public Path authorityFile() {
    return Path.of(store.toString().replaceFirst("p12$", "pem"));
  }

  /** A new certificate for localhost and 127.0.0.1, with this common name. */
  public Pair sign(String name) {
    make(
        name,
        name,
        "-signer",
        "authority",
        "-ext",
        "san=dns:localhost,ip:127.0.0.1",
        "-ext",
        "eku=serverAuth,clientAuth");
    try {
      KeyStore keys = load().keys;
      List<byte[]> chain = new ArrayList<>();
      for (Certificate each : keys.getCertificateChain(name)) {
        chain.add(encoded(each));
      }
      Path chainFile = directory.resolve(name + "-chain.pem");
      Path keyFile = directory.resolve(name + "-key.pem");
      write(chainFile, "CERTIFICATE", chain.toArray(byte[][]::new));
      write(keyFile, "PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
      return new Pair(chainFile, keyFile);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What clients that know this authority, and no other, use. */
  public SSLContext trusted() {
    return context(null);
  }

  /** The same for clients that show a certificate. */
  public SSLContext trusted(Pair own) {
    try {
      KeyManagerFactory keys =
          new PemKeyCertOptions()
              .setCertValue(Buffer.buffer(Files.readAllBytes(own.chainFile)))
              .setKeyValue(Buffer.buffer(Files.readAllBytes(own.keyFile)))
              .getKeyManagerFactory(null);
      return context(keys.getKeyManagers());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private SSLContext context(KeyManager @Nullable [] keys) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, new TrustManager[] {trustManager()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Trusts this authority and no other. */
  X509TrustManager trustManager() {
    try {
      KeyStore known = KeyStore.getInstance("PKCS12");
      known.load(null, null);
      known.setCertificateEntry("authority", load().authority());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(known);
      return (X509TrustManager) trust.getTrustManagers()[0];
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Store load() {
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
      return new Store(keys);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void make(String alias, String name, String... more) {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    List<String> command = new ArrayList<>(List.of(keytool, "-genkeypair", "-alias", alias));
    command.addAll(List.of("-keyalg", "EC", "-dname", "CN=" + name, "-validity", "2"));
    command.addAll(List.of("-storepass", PASSWORD, "-keystore", store.toString()));
    command.addAll(List.of(more));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0) {
        throw new IllegalStateException("keytool failed: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] encoded(Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(Path file, String kind, byte[]... parts) {
    StringBuilder pem = new StringBuilder();
    for (byte[] part : parts) {
      pem.append("-----BEGIN ").append(kind).append("-----\n");
      pem.append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(part));
      pem.append("\n-----END ").append(kind).append("-----\n");
    }
    try {
      Files.writeString(file, pem);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
