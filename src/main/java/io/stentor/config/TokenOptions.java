package io.stentor.config;

import java.util.List;

/**
 * Which tokens (JWT) are believed. Without a secret, key or URL none is.
 *
 * @param hmacSecret for HS256, HS384 and HS512; empty for none
 * @param hmacSecretFile a file that holds the same; empty for none
 * @param publicKeyFiles PEM files of public keys or certificates, for RS, ES and EdDSA
 * @param jwksUrl where a set of public keys is fetched from; empty where there is none
 * @param jwksRefreshSeconds how often that is fetched
 * @param audience what {@code aud} has to name; empty for anything
 * @param issuer what {@code iss} has to be; empty for anything
 * @param leewaySeconds how far clocks may differ
 */
public record TokenOptions(
    Secret hmacSecret,
    String hmacSecretFile,
    List<String> publicKeyFiles,
    String jwksUrl,
    int jwksRefreshSeconds,
    String audience,
    String issuer,
    int leewaySeconds) {
  public TokenOptions {
    publicKeyFiles = List.copyOf(publicKeyFiles);
    ConfigException.require(
        hmacSecret.isEmpty() || hmacSecretFile.isEmpty(),
        "hmacSecretFile",
        hmacSecretFile,
        "empty where hmacSecret is set");
  }
}
