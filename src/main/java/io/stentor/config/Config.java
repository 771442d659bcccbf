package io.stentor.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that can be configured, checked. {@code conf/stentor.json} holds every option at its
 * default and is the only place where defaults stand; {@code conf/stentor.schema.json} says what
 * each may be. Immutable; any thread.
 *
 * @param eventLoops number of event loops, each with a server verticle and sockets of its own; 0
 *     means one per core
 */
public record Config(
    int eventLoops,
    Http http,
    WebSocket webSocket,
    Identity identity,
    Cluster cluster,
    Logging logging,
    Metrics metrics,
    Drain drain,
    Demo demo,
    LimitOptions limits,
    RoomOptions roomDefaults,
    List<RoomRule> rooms) {

  public Config {
    rooms = List.copyOf(rooms);
  }

  /** The same with one key of a server more. */
  public Config withKey(ApiKey key) {
    List<ApiKey> keys = new ArrayList<>(identity.apiKeys());
    keys.add(key);
    Identity more =
        new Identity(
            keys,
            identity.anonymous(),
            identity.insecure(),
            identity.demoLogin(),
            identity.tokens());
    return new Config(
        eventLoops,
        http,
        webSocket,
        more,
        cluster,
        logging,
        metrics,
        drain,
        demo,
        limits,
        roomDefaults,
        rooms);
  }

  /** The limit of the room that takes the longest messages, in bytes. */
  public int largestMessageBytes() {
    int largest = roomDefaults.maxMessageBytes();
    for (RoomRule rule : rooms) {
      largest = Math.max(largest, rule.options().maxMessageBytes());
    }
    return largest;
  }

  /** The age that the log of some room keeps the longest, in seconds. */
  public int longestAgeSeconds() {
    int longest = roomDefaults.history().ageSeconds();
    for (RoomRule rule : rooms) {
      longest = Math.max(longest, rule.options().history().ageSeconds());
    }
    return longest;
  }

  /**
   * Where HTTP and WebSockets are served.
   *
   * @param host address to bind
   * @param port TCP port; 0 takes a free one
   * @param webroot directory of static files; where it does not exist, the files in the jar serve
   * @param allowedOrigins origins that browsers may connect from, in which {@code *} stands for any
   *     run of characters; empty allows all
   * @param unixSocket path of a Unix domain socket that is listened on too; empty for none
   * @param unixSocketMode who may connect to it, as three octal digits
   * @param tls with what TCP connections are encrypted
   */
  public record Http(
      String host,
      int port,
      String webroot,
      List<String> allowedOrigins,
      String unixSocket,
      String unixSocketMode,
      Tls tls) {
    public Http {
      allowedOrigins = List.copyOf(allowedOrigins);
    }
  }

  /**
   * A certificate and its key; both empty for no TLS.
   *
   * @param certificateFile PEM file of the certificate, followed by those between it and an
   *     authority that clients know
   * @param keyFile PEM file of its private key, without a password
   */
  public record Tls(String certificateFile, String keyFile) {
    public Tls {
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

  /**
   * What holds for every WebSocket.
   *
   * @param pingIntervalSeconds how often a silent peer is pinged; 0 never pings
   * @param pongTimeoutSeconds a peer from which nothing came for this long after a ping is closed
   *     with 3012
   * @param closeTimeoutSeconds how long the peer has to answer a close before the socket is cut
   */
  public record WebSocket(
      int pingIntervalSeconds, int pongTimeoutSeconds, int closeTimeoutSeconds) {}

  /**
   * Who is believed to be who.
   *
   * @param apiKeys the keys of servers
   * @param anonymous whether clients without a token or a key are served
   * @param insecure whether everyone may do everything; tokens that are given are checked all the
   *     same
   * @param demoLogin whether {@code POST /demo/login} gives a token for any name
   * @param tokens which tokens are believed
   */
  public record Identity(
      List<ApiKey> apiKeys, boolean anonymous, boolean insecure, boolean demoLogin, Tokens tokens) {
    public Identity {
      boolean canSign = !tokens.hmacSecret().isEmpty() || !tokens.hmacSecretFile().isEmpty();
      ConfigException.require(
          !demoLogin || canSign,
          "demoLogin",
          demoLogin,
          "false where neither tokens.hmacSecret nor tokens.hmacSecretFile is set");
      apiKeys = List.copyOf(apiKeys);
      Set<String> names = new HashSet<>();
      for (int i = 0; i < apiKeys.size(); i++) {
        String name = apiKeys.get(i).name();
        ConfigException.require(
            names.add(name), "apiKeys[" + i + "].name", name, "a name that no other key has");
      }
    }
  }

  /**
   * A key that a server shows.
   *
   * @param name what the logs call it
   * @param sha256 SHA-256 of the key's UTF-8, as 64 hexadecimal digits
   */
  public record ApiKey(String name, String sha256) {
    @Override
    public String toString() {
      return name;
    }
  }

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
  public record Tokens(
      Secret hmacSecret,
      String hmacSecretFile,
      List<String> publicKeyFiles,
      String jwksUrl,
      int jwksRefreshSeconds,
      String audience,
      String issuer,
      int leewaySeconds) {
    public Tokens {
      publicKeyFiles = List.copyOf(publicKeyFiles);
      ConfigException.require(
          hmacSecret.isEmpty() || hmacSecretFile.isEmpty(),
          "hmacSecretFile",
          hmacSecretFile,
          "empty where hmacSecret is set");
    }
  }

  /** A text that no log and no message shows. */
  public static final class Secret {
    private final String value;

    /** A secret; empty for none. */
    public Secret(String value) {
      this.value = value;
    }

    /** The secret itself. */
    public String value() {
      return value;
    }

    /** Whether there is none. */
    public boolean isEmpty() {
      return value.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
      return value.hashCode();
    }

    @Override
    public String toString() {
      return isEmpty() ? "" : "***";
    }
  }

  /**
   * How nodes find each other.
   *
   * @param enabled whether this node joins a cluster
   * @param name nodes of one name form one cluster
   * @param host address that the cluster ports bind to and that other nodes reach this one by
   * @param port first TCP port for Hazelcast; the next free one of a hundred is taken
   * @param busPort TCP port of the event bus; 0 takes a free one
   * @param discovery how members are found
   * @param members {@code host} or {@code host:port} of some members; empty means this host
   * @param multicast group and port, for {@link Discovery#MULTICAST}
   * @param kubernetesServiceDns name of a headless service, for {@link Discovery#KUBERNETES}
   * @param failureDetectionSeconds a node that is silent for this long is taken out
   * @param tls with what the event bus between nodes is encrypted
   */
  public record Cluster(
      boolean enabled,
      String name,
      String host,
      int port,
      int busPort,
      Discovery discovery,
      List<String> members,
      Multicast multicast,
      String kubernetesServiceDns,
      int failureDetectionSeconds,
      BusTls tls) {
    public Cluster {
      members = List.copyOf(members);
      ConfigException.require(
          discovery != Discovery.KUBERNETES || !kubernetesServiceDns.isEmpty(),
          "kubernetesServiceDns",
          kubernetesServiceDns,
          "a service's DNS name where discovery is kubernetes");
    }
  }

  /**
   * What nodes show each other on the event bus; all empty for no TLS.
   *
   * @param certificateFile PEM file of this node's certificate, followed by those between it and
   *     the authority
   * @param keyFile PEM file of its private key, without a password
   * @param authorityFile PEM file of the authorities one of which has to have signed the
   *     certificate of each node
   */
  public record BusTls(String certificateFile, String keyFile, String authorityFile) {
    public BusTls {
      boolean on = !certificateFile.isEmpty();
      String allowed = "set where certificateFile is, and only there";
      ConfigException.require(on != keyFile.isEmpty(), "keyFile", keyFile, allowed);
      ConfigException.require(
          on != authorityFile.isEmpty(), "authorityFile", authorityFile, allowed);
    }

    /** Whether there is a certificate. */
    public boolean isOn() {
      return !certificateFile.isEmpty();
    }
  }

  /** The ways of finding members. */
  public enum Discovery {
    MEMBERS,
    MULTICAST,
    KUBERNETES
  }

  /** The multicast group that nodes announce themselves in. */
  public record Multicast(String group, int port) {}

  /**
   * What is counted for monitoring.
   *
   * @param enabled whether {@code /metrics} is served and times are measured
   * @param port TCP port of its own for {@code /metrics}, with {@code /health}; 0 serves it with
   *     everything else
   */
  public record Metrics(boolean enabled, int port) {}

  /**
   * How a node goes away.
   *
   * @param balancerSeconds how long it serves on, unready, so that a balancer notices
   * @param leaveSeconds over how long its clients are sent away at most
   * @param timeoutSeconds after which the process ends whatever is not done
   */
  public record Drain(int balancerSeconds, int leaveSeconds, int timeoutSeconds) {
    public Drain {
      ConfigException.require(
          timeoutSeconds > balancerSeconds + leaveSeconds,
          "timeoutSeconds",
          timeoutSeconds,
          "more than balancerSeconds and leaveSeconds together");
    }
  }

  /**
   * What is logged.
   *
   * @param level least level that is written
   * @param format {@code TEXT} for people, {@code JSON} for machines: one object a line
   */
  public record Logging(Level level, Format format) {
    /** Levels, most important first. */
    public enum Level {
      ERROR,
      WARN,
      INFO,
      DEBUG,
      TRACE
    }

    /** How a line looks. */
    public enum Format {
      TEXT,
      JSON
    }
  }

  /**
   * A simulated market in the rooms {@code quotes:*}.
   *
   * @param enabled whether this node takes part in it
   * @param updatesPerSecond how many prices are published, of all symbols together
   */
  public record Demo(boolean enabled, int updatesPerSecond) {}
}
