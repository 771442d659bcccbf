package io.stentor.identity;

import io.stentor.config.Config;
import io.stentor.config.IdentityOptions;
import io.stentor.config.IdentityOptions.TokenOptions;
import io.stentor.identity.TokenClaims.ConnectionClaims;
import io.stentor.identity.TokenClaims.SubscriptionClaims;
import io.stentor.identity.Verified.Expired;
import io.stentor.identity.Verified.Invalid;
import io.stentor.identity.Verified.KeysUnavailable;
import io.stentor.identity.Verified.Valid;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.PubSecKeyOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies and issues tokens (JWT, RFC 7519). Any thread.
 *
 * <p>Futures may complete on any thread: a caller on an event loop has to return to its loop. They
 * fail only with {@link KeysUnavailable}, when a key cannot be fetched now.
 */
public final class Tokens {

  /*
   * A token is checked in this order: its parts; its header, whose algorithm must be one that has a
   * key; its signature, with vertx-auth-jwt; its claims. So of a forged token only the header is
   * ever read. Each algorithm has its own keys: a public key is never used as a secret.
   */

  /** Minimum length of a good secret: that of the hash (RFC 7518, section 3.2). */
  private static final int GOOD_SECRET_BYTES = 32;

  private final TokenOptions options;
  private final List<PubSecKeyOptions> fixedKeys;
  private final KeySet fixed;
  private final @Nullable Jwks fetched;
  private final WorkerExecutor workers;
  private final LongSupplier nowSeconds;

  /**
   * Creates the tokens of a configuration. Reads key files; blocks.
   *
   * @throws io.stentor.config.ConfigException if a file is invalid
   */
  public Tokens(Vertx vertx, IdentityOptions identity) {
    this(vertx, identity, () -> System.currentTimeMillis() / 1000, Jwks.LEAST_SECONDS_BETWEEN);
  }

  /** Creates tokens with another clock, for tests. */
  Tokens(
      Vertx vertx,
      IdentityOptions identity,
      LongSupplier nowSeconds,
      int leastSecondsBetweenFetches) {
    this.options = identity.tokens();
    this.nowSeconds = nowSeconds;
    this.fixedKeys = KeyFiles.all(options);
    this.fixed = KeySet.of(fixedKeys);
    this.fetched =
        options.jwksUrl().isEmpty()
            ? null
            : new Jwks(
                vertx, options.jwksUrl(), options.jwksRefreshSeconds(), leastSecondsBetweenFetches);
    this.workers = vertx.createSharedWorkerExecutor("tokens", 2);
  }

  /**
   * Checks every file that the configuration names. Blocks.
   *
   * @throws io.stentor.config.ConfigException if one is invalid
   */
  public static void check(IdentityOptions identity) {
    KeyFiles.all(identity.tokens());
  }

  /**
   * Returns warnings about settings that are unsafe in production, one sentence each. Reads the
   * file of the secret; blocks.
   */
  public static List<String> warnings(Config config) {
    IdentityOptions identity = config.identity();
    List<String> warnings = warnings(identity.tokens());
    if (identity.insecure()) {
      warnings.add("identity.insecure: everyone may do everything in every room");
    } else if (identity.anonymous() && !config.openRooms().isEmpty()) {
      warnings.add(
          "everyone may publish without a token in "
              + String.join(", ", config.openRooms())
              + " (identity.anonymous, publish: anyone)");
    }
    if (identity.demoLogin()) {
      warnings.add("identity.demoLogin: anyone gets a token for any name");
    }
    return warnings;
  }

  /** Returns warnings about a secret that can be guessed or probably contains a mistake. */
  static List<String> warnings(TokenOptions options) {
    List<String> warnings = new ArrayList<>();
    String secret = KeyFiles.secret(options);
    if (!secret.equals(secret.strip())) {
      warnings.add("the secret for tokens begins or ends with white space, which is part of it");
    }
    int bytes = secret.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > 0 && bytes < GOOD_SECRET_BYTES) {
      warnings.add(
          "the secret for tokens has under " + GOOD_SECRET_BYTES + " bytes and can be guessed");
    }
    return warnings;
  }

  /**
   * Returns whether a configuration has the same keys and options. Reads files; blocks.
   *
   * @throws io.stentor.config.ConfigException if a file is invalid
   */
  boolean areThoseOf(IdentityOptions identity) {
    List<PubSecKeyOptions> keys = KeyFiles.all(identity.tokens());
    return options.equals(identity.tokens()) && texts(keys).equals(texts(fixedKeys));
  }

  private static List<String> texts(List<PubSecKeyOptions> keys) {
    return keys.stream().map(key -> key.getAlgorithm() + " " + key.getBuffer()).toList();
  }

  /** Returns whether there are keys to verify tokens with, or a place to fetch some from. */
  boolean areAccepted() {
    return !fixedKeys.isEmpty() || fetched != null;
  }

  /** Stops fetching keys. Checks in progress complete. */
  void close() {
    if (fetched != null) {
      fetched.close();
    }
  }

  /** Checks a token that opens a connection or extends it. */
  public Future<Verified<ConnectionClaims>> connection(String token) {
    return verify(token, TokenClaims::connection);
  }

  /** Checks a token for a subscription to one room. */
  public Future<Verified<SubscriptionClaims>> subscription(String token) {
    return verify(token, TokenClaims::subscription);
  }

  /**
   * Issues a token for a connection of this user, signed with the configured secret.
   *
   * @param seconds how long it is valid
   * @throws IllegalStateException if there is no secret
   */
  public String issue(String user, int seconds) {
    long now = nowSeconds.getAsLong();
    JsonObject claims = new JsonObject().put("sub", user).put("iat", now).put("exp", now + seconds);
    if (!options.audience().isEmpty()) {
      claims.put("aud", options.audience());
    }
    if (!options.issuer().isEmpty()) {
      claims.put("iss", options.issuer());
    }
    return fixed.sign(claims);
  }

  private <C> Future<Verified<C>> verify(String text, Function<Claims, C> reader) {
    CompactToken token;
    try {
      token = CompactToken.of(text);
    } catch (IllegalArgumentException e) {
      return Future.succeededFuture(new Invalid<>("the token is refused: " + e.getMessage()));
    }
    return isSigned(token)
        .map(
            signed ->
                signed
                    ? read(token, reader)
                    : new Invalid<>(
                        "the token is refused: its signature matches no configured key"));
  }

  private Future<Boolean> isSigned(CompactToken token) {
    Jwks more = token.isSecret() ? null : fetched;
    Future<Boolean> here = isSigned(token, fixed);
    return more == null
        ? here
        : here.compose(
            signed ->
                signed
                    ? here
                    : more.keys(token.algorithm(), token.keyId())
                        .compose(keys -> isSigned(token, keys, more)));
  }

  /**
   * Returns whether a key signed the token. Fetches the set again before it answers no, because the
   * key may have been replaced by another one with the same id.
   */
  private Future<Boolean> isSigned(CompactToken token, KeySet keys, Jwks source) {
    return isSigned(token, keys)
        .compose(
            signed ->
                signed || !keys.has(token.algorithm(), token.keyId())
                    ? Future.succeededFuture(signed)
                    : source
                        .newerThan(keys)
                        .compose(
                            newer ->
                                newer == null
                                    ? Future.succeededFuture(false)
                                    : isSigned(token, newer)));
  }

  /** Returns whether a key signed the token. Public keys take too long for an event loop. */
  private Future<Boolean> isSigned(CompactToken token, KeySet keys) {
    if (!keys.has(token.algorithm(), token.keyId())) {
      return Future.succeededFuture(false);
    }
    return token.isSecret()
        ? Future.succeededFuture(keys.verifies(token))
        : workers.executeBlocking(() -> keys.verifies(token), false);
  }

  /** Reads the claims of a token whose signature is valid. */
  private <C> Verified<C> read(CompactToken token, Function<Claims, C> reader) {
    try {
      Claims claims = token.claims();
      if (!options.issuer().isEmpty() && !options.issuer().equals(claims.text("iss"))) {
        return new Invalid<>("the token is refused: its iss is not the one that counts here");
      }
      if (!options.audience().isEmpty() && !claims.oneOrMore("aud").contains(options.audience())) {
        return new Invalid<>("the token is refused: its aud does not name this server");
      }
      C read = reader.apply(claims);
      long now = nowSeconds.getAsLong();
      if (isOver(claims, "exp", now) || isOver(claims, "expire_at", now)) {
        return new Expired<>("the token has expired");
      }
      if (claims.time("nbf", Long.MIN_VALUE) > now + options.leewaySeconds()) {
        return new Expired<>("the token is not valid yet");
      }
      return new Valid<>(read);
    } catch (IllegalArgumentException e) {
      return new Invalid<>("the token is refused: " + e.getMessage());
    }
  }

  /** Returns whether a time has passed; an {@code expire_at} of 0 means never. */
  private boolean isOver(Claims claims, String claim, long now) {
    if (!claims.has(claim)) {
      return false;
    }
    long time = claims.time(claim, 0);
    boolean never = time == 0 && claim.equals("expire_at");
    return !never && now - options.leewaySeconds() >= time;
  }
}
