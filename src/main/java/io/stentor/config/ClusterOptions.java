package io.stentor.config;

import io.netty.util.NetUtil;
import java.util.List;

/**
 * How nodes find each other and communicate.
 *
 * @param enabled whether this node joins a cluster
 * @param name nodes with the same name form a cluster
 * @param host address that the cluster ports bind to and that other nodes connect to
 * @param port first TCP port for Hazelcast; if it is taken, the next free one of a hundred is used
 * @param busPort TCP port of the event bus; 0 picks a free one
 * @param discovery how members are found
 * @param members {@code host} or {@code host:port} of some members; empty means this host
 * @param multicast group and port, for {@link Discovery#MULTICAST}
 * @param kubernetesServiceDns name of a headless service, for {@link Discovery#KUBERNETES}
 * @param failureDetectionSeconds silence after which a node is removed from the cluster
 * @param onMinority what a side of a split cluster without a majority of the nodes does
 * @param restartWaitSeconds how long a node that starts with a data directory waits for the members
 *     that it last knew
 * @param tls mutual TLS for the event bus between nodes
 */
public record ClusterOptions(
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
    OnMinority onMinority,
    int restartWaitSeconds,
    BusTlsOptions tls) {
  public ClusterOptions {
    members = List.copyOf(members);
    for (int i = 0; i < members.size(); i++) {
      ConfigException.require(
          isMember(members.get(i)),
          "members." + i,
          members.get(i),
          "host or host:port with a port from 1 to 65535, an IPv6 address in brackets");
    }
    ConfigException.require(
        discovery != Discovery.KUBERNETES || !kubernetesServiceDns.isEmpty(),
        "kubernetesServiceDns",
        kubernetesServiceDns,
        "a service's DNS name where discovery is kubernetes");
  }

  private static boolean isMember(String text) {
    int colon = text.indexOf(':', text.indexOf(']') + 1);
    String host = colon < 0 ? text : text.substring(0, colon);
    if (colon >= 0 && !isPort(text.substring(colon + 1))) {
      return false;
    }
    if (host.startsWith("[")) {
      return NetUtil.isValidIpV6Address(host.substring(1, host.length() - 1));
    }
    boolean numeric = host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    return !numeric || NetUtil.isValidIpV4Address(host);
  }

  private static boolean isPort(String digits) {
    int port = Integer.parseInt(digits);
    return port >= 1 && port <= 65535;
  }

  /** Returns a copy with another host. */
  public ClusterOptions withHost(String other) {
    return new ClusterOptions(
        enabled,
        name,
        other,
        port,
        busPort,
        discovery,
        members,
        multicast,
        kubernetesServiceDns,
        failureDetectionSeconds,
        onMinority,
        restartWaitSeconds,
        tls);
  }

  /** Ways to find members. */
  public enum Discovery {
    MEMBERS,
    MULTICAST,
    KUBERNETES
  }

  /** What a side of a split cluster does that has lost the majority of the nodes. */
  public enum OnMinority {
    /** Goes on: its logs fork, and both sides' messages are merged when the cluster is whole. */
    SERVE,
    /** Accepts no messages until the majority is back, so that there is one history. */
    REFUSE
  }

  /** The multicast group in which nodes announce themselves. */
  public record Multicast(String group, int port) {}

  /**
   * Mutual TLS on the event bus; all empty for none.
   *
   * @param certificateFile PEM file of this node's certificate, followed by the intermediate
   *     certificates
   * @param keyFile PEM file of its private key, without a password
   * @param authorityFile PEM file of the certificate authorities that may sign the certificates of
   *     nodes
   */
  public record BusTlsOptions(String certificateFile, String keyFile, String authorityFile) {
    public BusTlsOptions {
      boolean on = !certificateFile.isEmpty();
      String allowed = "set where certificateFile is, and only there";
      ConfigException.require(on != keyFile.isEmpty(), "keyFile", keyFile, allowed);
      ConfigException.require(
          on != authorityFile.isEmpty(), "authorityFile", authorityFile, allowed);
    }

    /** Returns whether TLS is enabled. */
    public boolean isOn() {
      return !certificateFile.isEmpty();
    }
  }
}
