package io.stentor.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes the records of JSON that the schema has passed. */
final class ConfigReader {
  private final Function<KeyPath, String> sourceOf;

  /**
   * @param sourceOf names the file, variable or flag that a key's value came from
   */
  ConfigReader(Function<KeyPath, String> sourceOf) {
    this.sourceOf = sourceOf;
  }

  /**
   * @param json complete
   * @throws ConfigException where options do not go together
   */
  Config read(JsonObject json) {
    JsonObject defaults = json.getJsonObject("roomDefaults");
    return new Config(
        json.getInteger("eventLoops"),
        http(json.getJsonObject("http")),
        webSocket(json.getJsonObject("webSocket")),
        identity(json.getJsonObject("identity")),
        cluster(json.getJsonObject("cluster")),
        logging(json.getJsonObject("logging")),
        metrics(json.getJsonObject("metrics")),
        at("drain", () -> drain(json.getJsonObject("drain"))),
        demo(json.getJsonObject("demo")),
        at("limits", () -> limits(json.getJsonObject("limits"))),
        at("roomDefaults", () -> room(defaults)),
        rules(json.getJsonArray("rooms"), defaults));
  }

  private <T> T at(String key, Supplier<T> made) {
    return at(KeyPath.of(key), made);
  }

  private <T> T at(KeyPath path, Supplier<T> made) {
    try {
      return made.get();
    } catch (ConfigException e) {
      throw e.within(path, sourceOf);
    }
  }

  private HttpOptions http(JsonObject json) {
    TlsOptions tls = at("http.tls", () -> tls(json.getJsonObject("tls")));
    return at(
        "http",
        () ->
            new HttpOptions(
                json.getString("host"),
                json.getInteger("port"),
                json.getString("webroot"),
                strings(json.getJsonArray("allowedOrigins")),
                json.getString("unixSocket"),
                json.getString("unixSocketMode"),
                tls));
  }

  private static TlsOptions tls(JsonObject json) {
    return new TlsOptions(json.getString("certificateFile"), json.getString("keyFile"));
  }

  private static WebSocketOptions webSocket(JsonObject json) {
    return new WebSocketOptions(
        json.getInteger("pingIntervalSeconds"),
        json.getInteger("pongTimeoutSeconds"),
        json.getInteger("closeTimeoutSeconds"));
  }

  private IdentityOptions identity(JsonObject json) {
    List<ApiKey> keys = new ArrayList<>();
    for (Object each : json.getJsonArray("apiKeys")) {
      JsonObject key = (JsonObject) each;
      keys.add(
          new ApiKey(
              key.getString("name"), key.getString("sha256"), key.getBoolean("admin", false)));
    }
    TokenOptions tokens = at("identity.tokens", () -> tokens(json.getJsonObject("tokens")));
    return at(
        "identity",
        () ->
            new IdentityOptions(
                keys,
                json.getBoolean("anonymous"),
                json.getBoolean("insecure"),
                json.getBoolean("demoLogin"),
                tokens));
  }

  private static TokenOptions tokens(JsonObject json) {
    return new TokenOptions(
        new Secret(json.getString("hmacSecret")),
        json.getString("hmacSecretFile"),
        strings(json.getJsonArray("publicKeyFiles")),
        json.getString("jwksUrl"),
        json.getInteger("jwksRefreshSeconds"),
        json.getString("audience"),
        json.getString("issuer"),
        json.getInteger("leewaySeconds"));
  }

  private ClusterOptions cluster(JsonObject json) {
    BusTlsOptions tls = at("cluster.tls", () -> busTls(json.getJsonObject("tls")));
    return at("cluster", () -> cluster(json, tls));
  }

  private static BusTlsOptions busTls(JsonObject json) {
    return new BusTlsOptions(
        json.getString("certificateFile"),
        json.getString("keyFile"),
        json.getString("authorityFile"));
  }

  private static ClusterOptions cluster(JsonObject json, BusTlsOptions tls) {
    JsonObject multicast = json.getJsonObject("multicast");
    return new ClusterOptions(
        json.getBoolean("enabled"),
        json.getString("name"),
        json.getString("host"),
        json.getInteger("port"),
        json.getInteger("busPort"),
        constant(ClusterOptions.Discovery.class, json.getString("discovery")),
        strings(json.getJsonArray("members")),
        new ClusterOptions.Multicast(multicast.getString("group"), multicast.getInteger("port")),
        json.getString("kubernetesServiceDns"),
        json.getInteger("failureDetectionSeconds"),
        tls);
  }

  private static LoggingOptions logging(JsonObject json) {
    return new LoggingOptions(
        constant(LoggingOptions.Level.class, json.getString("level")),
        constant(LoggingOptions.Format.class, json.getString("format")));
  }

  private static DrainOptions drain(JsonObject json) {
    return new DrainOptions(
        json.getInteger("balancerSeconds"),
        json.getInteger("leaveSeconds"),
        json.getInteger("timeoutSeconds"));
  }

  private static MetricsOptions metrics(JsonObject json) {
    return new MetricsOptions(json.getBoolean("enabled"), json.getInteger("port"));
  }

  private static DemoOptions demo(JsonObject json) {
    return new DemoOptions(json.getBoolean("enabled"), json.getInteger("updatesPerSecond"));
  }

  private static LimitOptions limits(JsonObject json) {
    return new LimitOptions(
        json.getBoolean("dryRun"),
        strings(json.getJsonArray("trustedProxies")),
        json.getString("clientAddressHeader"),
        json.getInteger("connections"),
        json.getInteger("connectionsPerAddress"),
        json.getInteger("connectionsPerSecond"),
        json.getInteger("connectionsPerSecondPerAddress"),
        json.getInteger("rooms"),
        json.getInteger("roomsPerConnection"),
        json.getInteger("messagesPerSecondPerConnection"),
        json.getInteger("messagesPerSecondPerAddress"),
        json.getInteger("headerBytes"),
        json.getInteger("handshakeSeconds"),
        json.getInteger("bodySeconds"),
        json.getInteger("idleSeconds"));
  }

  private static RoomOptions room(JsonObject json) {
    JsonObject history = json.getJsonObject("history");
    return new RoomOptions(
        new RoomOptions.History(
            history.getInteger("messages"),
            history.getInteger("bytes"),
            history.getInteger("ageSeconds")),
        constant(RoomOptions.Transform.class, json.getString("transform")),
        constant(RoomOptions.SlowConsumer.class, json.getString("slowConsumer")),
        json.getInteger("tailBytes"),
        json.getInteger("appendQueueBytes"),
        json.getInteger("coalesceMillis"),
        json.getInteger("maxMessageBytes"),
        json.getInteger("ratePerSecond"),
        json.getBoolean("presence"),
        constant(RoomOptions.Who.class, json.getString("publish")),
        constant(RoomOptions.Who.class, json.getString("subscribe")),
        constant(RoomOptions.Reader.class, json.getString("readHistory")),
        constant(RoomOptions.Reader.class, json.getString("readPresence")),
        json.getBoolean("pushJoinLeave"));
  }

  private List<RoomRule> rules(JsonArray json, JsonObject defaults) {
    List<RoomRule> rules = new ArrayList<>();
    for (int i = 0; i < json.size(); i++) {
      JsonObject rule = json.getJsonObject(i);
      JsonObject complete = defaults.copy().mergeIn(rule, true);
      KeyPath path = KeyPath.of("rooms").child(String.valueOf(i));
      rules.add(new RoomRule(rule.getString("match"), at(path, () -> room(complete))));
    }
    return rules;
  }

  private static List<String> strings(JsonArray json) {
    return json.stream().map(String.class::cast).toList();
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String name) {
    return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
  }
}
