package io.stentor.tls;

import io.stentor.config.ConfigException;
import io.stentor.config.HttpOptions.TlsOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.slf4j.Logger;

/**
 * A certificate with its intermediate certificates and its private key, which is checked to match.
 * Immutable; any thread.
 */
public final class Certificate {

  private static final byte[] SAMPLE = {1, 2, 3};

  private final X509Certificate first;
  private final PemKeyCertOptions options;

  private Certificate(X509Certificate first, PemKeyCertOptions options) {
    this.first = first;
    this.options = options;
  }

  /**
   * Reads the files; blocks.
   *
   * @param option the group of options that names them, such as {@code http.tls}
   * @throws ConfigException if a file cannot be read or is invalid, or the key does not match;
   *     shows nothing of the key
   */
  public static Certificate read(String option, String certificateFile, String keyFile) {
    String certificateOption = option + ".certificateFile";
    String keyOption = option + ".keyFile";
    byte[] chain = bytes(certificateOption, certificateFile);
    byte[] key = bytes(keyOption, keyFile);
    X509Certificate first = first(certificateOption, certificateFile, chain);
    PemKeyCertOptions options =
        new PemKeyCertOptions().setCertValue(Buffer.buffer(chain)).setKeyValue(Buffer.buffer(key));
    PrivateKey privateKey = privateKey(keyOption, keyFile, options, first.getPublicKey());
    if (!isPair(first.getPublicKey(), privateKey)) {
      throw new ConfigException(
          keyOption + ": " + keyFile + " is not the key of the certificate in " + certificateFile);
    }
    return new Certificate(first, options);
  }

  /** Reads the files of a server's options, which must enable TLS. */
  public static Certificate read(String option, TlsOptions tls) {
    return read(option, tls.certificateFile(), tls.keyFile());
  }

  /**
   * Reads a file of authorities' certificates without checking who signed them.
   *
   * @return its bytes
   */
  public static Buffer authorities(String option, String file) {
    byte[] bytes = bytes(option, file);
    first(option, file, bytes);
    return Buffer.buffer(bytes);
  }

  private static byte[] bytes(String option, String file) {
    try {
      return Files.readAllBytes(Path.of(file));
    } catch (IOException e) {
      throw new ConfigException(option + ": cannot read " + file);
    }
  }

  private static X509Certificate first(String option, String file, byte[] chain) {
    try {
      Collection<? extends java.security.cert.Certificate> read =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(chain));
      if (!read.isEmpty() && read.iterator().next() instanceof X509Certificate first) {
        return first;
      }
    } catch (CertificateException e) { // reported below
    }
    throw new ConfigException(option + ": " + file + " holds no PEM certificate");
  }

  private static PrivateKey privateKey(
      String option, String file, PemKeyCertOptions options, PublicKey key) {
    try {
      // Needs no Vert.x, since no file is left to read.
      for (KeyManager manager : options.getKeyManagerFactory(null).getKeyManagers()) {
        if (manager instanceof X509KeyManager keys) {
          String[] names = keys.getServerAliases(key.getAlgorithm(), null);
          if (names != null && names.length > 0) {
            return keys.getPrivateKey(names[0]);
          }
        }
      }
    } catch (Exception e) { // reported below without the cause, which may hold some of the key
    }
    throw new ConfigException(
        option
            + ": "
            + file
            + " holds no private key that can be read: it has to be PEM (PRIVATE KEY, RSA PRIVATE"
            + " KEY or EC PRIVATE KEY) and to have no password");
  }

  private static boolean isPair(PublicKey publicKey, PrivateKey privateKey) {
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> publicKey.getAlgorithm();
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(privateKey);
      signature.update(SAMPLE);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(SAMPLE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The certificate and key as options of Vert.x, which then reads no files. */
  public PemKeyCertOptions options() {
    return options.copy();
  }

  /** Logs whom it names and when it ends, with a warning if it is not valid now. */
  public void log(Logger log) {
    Instant now = Instant.now();
    Instant end = first.getNotAfter().toInstant();
    log.info("certificate: {}, to {}", first.getSubjectX500Principal().getName(), end);
    if (now.isAfter(end) || now.isBefore(first.getNotBefore().toInstant())) {
      log.warn("the certificate of http.tls has ended or has not begun: clients will refuse it");
    }
  }
}
