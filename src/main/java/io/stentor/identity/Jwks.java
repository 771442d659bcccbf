package io.stentor.identity;

import io.stentor.config.Secret;
import io.stentor.identity.Verified.KeysUnavailable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys that a URL serves (RFC 7517): fetched at the start, periodically, and when a
 * token names an unknown key or is signed by none of those that it names. While the URL does not
 * answer, the last valid set is used. Any thread.
 */
final class Jwks {

  /** Minimum time between fetches that tokens trigger, in seconds. */
  static final int LEAST_SECONDS_BETWEEN = 5;

  private static final int TIMEOUT_SECONDS = 5;
  private static final int MAX_BYTES = 256 * 1024;
  private static final int MAX_KEYS = 100;

  /** Redirects that are followed, always to the same scheme. */
  private static final int MAX_REDIRECTS = 3;

  private static final String NO_KEY = "the answer holds no key that can check tokens";

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private static final Logger LOG = LoggerFactory.getLogger(Jwks.class);

  /**
   * The response of a URL.
   *
   * @param body null for a redirect
   * @param elsewhere the target of a redirect
   */
  private record Answer(@Nullable Buffer body, String elsewhere) {}

  private final Vertx vertx;
  private final Context context;
  private final HttpClient client;
  private final String url;
  private final long leastNanosBetween;
  private final long timer;
  private volatile @Nullable KeySet current;
  private @Nullable Future<Void> running;
  private long endedAtNanos;
  private boolean failed;

  /**
   * Creates the key set and starts to fetch it.
   *
   * @param refreshSeconds how often it is fetched
   */
  Jwks(Vertx vertx, String url, int refreshSeconds, int leastSecondsBetween) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.url = url;
    this.leastNanosBetween = TimeUnit.SECONDS.toNanos(leastSecondsBetween);
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setConnectTimeout(TIMEOUT_SECONDS * 1000).setKeepAlive(false));
    this.timer = vertx.setPeriodic(TimeUnit.SECONDS.toMillis(refreshSeconds), tick -> fetch());
    fetch();
  }

  /**
   * Returns the keys that may have signed a token.
   *
   * @return fails with {@link KeysUnavailable} if the key may exist but cannot be fetched now;
   *     contains no key of this algorithm and id if there is none. Completes on any thread
   */
  Future<KeySet> keys(String algorithm, @Nullable String id) {
    KeySet known = current;
    if (known != null && known.has(algorithm, id)) {
      return Future.succeededFuture(known);
    }
    return fetchForToken().transform(fetched -> nowKnown(algorithm, id));
  }

  /**
   * Fetches the set again, unless that is too soon, because a token names a key of it that has not
   * signed the token.
   *
   * @return null if there is no newer set. Completes on any thread, and never fails
   */
  Future<@Nullable KeySet> newerThan(KeySet tried) {
    if (current != tried) {
      return Future.succeededFuture(current);
    }
    return fetchForToken().map(fetched -> current == tried ? null : current);
  }

  /** Stops fetching; a fetch in progress ends. */
  void close() {
    vertx.cancelTimer(timer);
    client.shutdown(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  private Future<KeySet> nowKnown(String algorithm, @Nullable String id) {
    KeySet known = current;
    if (known != null && (!lastFailed() || known.has(algorithm, id))) {
      return Future.succeededFuture(known);
    }
    return Future.failedFuture(new KeysUnavailable("the keys for this token cannot be fetched"));
  }

  private synchronized boolean lastFailed() {
    return failed;
  }

  private synchronized Future<Void> fetchForToken() {
    boolean soon = System.nanoTime() - endedAtNanos < leastNanosBetween;
    return running == null && soon ? Future.succeededFuture() : fetch();
  }

  private synchronized Future<Void> fetch() {
    Future<Void> already = running;
    if (already != null) {
      return already;
    }
    Promise<Void> done = Promise.promise();
    running = done.future();
    context.runOnContext(
        nothing -> request(url, 0).map(this::read).onComplete(result -> end(result.cause(), done)));
    return done.future();
  }

  private void end(@Nullable Throwable failure, Promise<Void> done) {
    synchronized (this) {
      running = null;
      endedAtNanos = System.nanoTime();
      failed = failure != null;
    }
    if (failure != null) {
      String keeps = current == null ? "there are none yet" : "the last ones are kept";
      LOG.warn(
          "the keys at {} cannot be fetched, {}: {}",
          Secret.maskUrl(url),
          keeps,
          failure.getMessage());
    }
    done.complete();
  }

  private Future<Buffer> request(String address, int redirects) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setAbsoluteURI(address)
            .putHeader("Accept", "application/jwk-set+json, application/json")
            .setTimeout(TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS));
    return client
        .request(options)
        .compose(
            request -> {
              Future<Answer> answer = request.send().compose(got -> answer(got, address));
              return answer
                  .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                  .onFailure(failure -> request.reset());
            })
        .compose(answer -> follow(answer, redirects));
  }

  private Future<Buffer> follow(Answer answer, int redirects) {
    Buffer body = answer.body();
    if (body != null) {
      return Future.succeededFuture(body);
    }
    return redirects == MAX_REDIRECTS
        ? Future.failedFuture("there are more than " + MAX_REDIRECTS + " redirects")
        : request(answer.elsewhere(), redirects + 1);
  }

  private Future<Answer> answer(HttpClientResponse response, String address) {
    if (!REDIRECTS.contains(response.statusCode())) {
      return body(response).map(body -> new Answer(body, ""));
    }
    HttpClientRequest request = response.request();
    int status = response.statusCode();
    String location = response.getHeader(HttpHeaders.LOCATION);
    response.exceptionHandler(reset -> {});
    request.reset();
    try {
      URI from = new URI(address);
      URI to = from.resolve(new URI(location == null ? "" : location));
      if (location == null || to.getHost() == null) {
        return Future.failedFuture("the answer was " + status + " without a Location to go to");
      }
      return from.getScheme().equalsIgnoreCase(to.getScheme())
          ? Future.succeededFuture(new Answer(null, to.toString()))
          : Future.failedFuture(
              "the answer was "
                  + status
                  + ", a redirect from "
                  + from.getScheme()
                  + " to "
                  + to.getScheme()
                  + ", which is not followed");
    } catch (URISyntaxException e) {
      return Future.failedFuture("the answer was " + status + " with a Location that is no URL");
    }
  }

  private Future<Buffer> body(HttpClientResponse response) {
    HttpClientRequest request = response.request();
    Promise<Buffer> whole = Promise.promise();
    response.exceptionHandler(whole::tryFail);
    if (response.statusCode() != 200) {
      whole.tryFail("the answer was " + response.statusCode());
      request.reset();
      return whole.future();
    }
    Buffer body = Buffer.buffer();
    response.handler(
        part -> {
          body.appendBuffer(part);
          if (body.length() > MAX_BYTES) {
            whole.tryFail("the answer has more than " + MAX_BYTES + " bytes");
            request.reset();
          }
        });
    response.endHandler(end -> whole.tryComplete(body));
    return whole.future();
  }

  /** Accepts a set only if it contains a key: an empty answer is more likely a mistake. */
  private KeySet read(Buffer body) {
    KeySet read;
    try {
      JsonArray all = new JsonObject(body).getJsonArray("keys", new JsonArray());
      read = KeySet.ofJwks(all.stream().limit(MAX_KEYS).toList());
    } catch (DecodeException | ClassCastException e) {
      throw new IllegalArgumentException("the answer is no set of keys");
    }
    if (read.isEmpty()) {
      throw new IllegalArgumentException(NO_KEY);
    }
    current = read;
    LOG.debug("keys were fetched from {}", Secret.maskUrl(url));
    return read;
  }
}
