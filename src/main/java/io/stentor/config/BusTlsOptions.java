package io.stentor.config;

/**
 * What nodes show each other on the event bus; all empty for no TLS.
 *
 * @param certificateFile PEM file of this node's certificate, followed by those between it and the
 *     authority
 * @param keyFile PEM file of its private key, without a password
 * @param authorityFile PEM file of the authorities one of which has to have signed the certificate
 *     of each node
 */
public record BusTlsOptions(String certificateFile, String keyFile, String authorityFile) {
  public BusTlsOptions {
    boolean on = !certificateFile.isEmpty();
    String allowed = "set where certificateFile is, and only there";
    ConfigException.require(on != keyFile.isEmpty(), "keyFile", keyFile, allowed);
    ConfigException.require(on != authorityFile.isEmpty(), "authorityFile", authorityFile, allowed);
  }

  /** Whether there is a certificate. */
  public boolean isOn() {
    return !certificateFile.isEmpty();
  }
}
