package io.stentor.config;

import java.util.List;

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
    BusTlsOptions tls) {
  public ClusterOptions {
    members = List.copyOf(members);
    ConfigException.require(
        discovery != Discovery.KUBERNETES || !kubernetesServiceDns.isEmpty(),
        "kubernetesServiceDns",
        kubernetesServiceDns,
        "a service's DNS name where discovery is kubernetes");
  }

  /** The ways of finding members. */
  public enum Discovery {
    MEMBERS,
    MULTICAST,
    KUBERNETES
  }

  /** The multicast group that nodes announce themselves in. */
  public record Multicast(String group, int port) {}
}
