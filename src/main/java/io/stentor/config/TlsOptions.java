package io.stentor.config;

/**
 * A certificate and its key; both empty for no TLS.
 *
 * @param certificateFile PEM file of the certificate, followed by those between it and an authority
 *     that clients know
 * @param keyFile PEM file of its private key, without a password
 */
public record TlsOptions(String certificateFile, String keyFile) {
  public TlsOptions {
    ConfigException.require(
        certificateFile.isEmpty() == keyFile.isEmpty(),
        "keyFile",
        keyFile,
        "set where certificateFile is, and only there");
  }

  /** Whether there is a certificate. */
  public boolean isOn() {
    return !certificateFile.isEmpty();
  }
}
