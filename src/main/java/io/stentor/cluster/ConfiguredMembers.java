package io.stentor.cluster;

import io.netty.util.NetUtil;
import io.stentor.config.ClusterOptions;
import io.stentor.config.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The addresses that {@code cluster.members} stands for. Names are resolved here, because Hazelcast
 * ignores those addresses of a name at which this node does not listen itself. Used by one thread
 * at a time.
 */
final class ConfiguredMembers {

  /** Number of ports tried at a member that is configured without a port. */
  static final int PORTS = 8;

  private final List<String> members;
  private final boolean v6;
  private final int firstPort;
  private final Map<String, List<InetAddress>> lastKnown = new HashMap<>();

  /**
   * Creates a list that has not been resolved.
   *
   * @param cluster as {@link ClusterHost#resolve} returns them
   */
  ConfiguredMembers(ClusterOptions cluster) {
    v6 = NetUtil.isValidIpV6Address(cluster.host());
    firstPort = cluster.port();
    members =
        cluster.members().isEmpty()
            ? List.of(v6 ? "[" + cluster.host() + "]" : cluster.host())
            : cluster.members();
  }

  /** Returns whether addresses can change because some members are configured by name. */
  boolean hasNames() {
    return members.stream().anyMatch(member -> !isNumeric(host(member)));
  }

  /**
   * Replaces each name by its addresses of the family of this node's host, with the port that is
   * configured, if any. A name that cannot be resolved now stands for its last known addresses; one
   * that never could stays as it is. Blocks for DNS.
   */
  List<String> resolve() {
    Set<String> resolved = new LinkedHashSet<>();
    for (String member : members) {
      String host = host(member);
      if (isNumeric(host)) {
        resolved.add(member);
        continue;
      }
      List<InetAddress> addresses = addresses(host);
      String port = member.substring(host.length());
      for (InetAddress address : addresses) {
        String text = NetUtil.toAddressString(address);
        resolved.add((v6 ? "[" + text + "]" : text) + port);
      }
      if (addresses.isEmpty()) {
        resolved.add(member);
      }
    }
    return List.copyOf(resolved);
  }

  private List<InetAddress> addresses(String host) {
    try {
      List<InetAddress> found = new ArrayList<>(Arrays.asList(InetAddress.getAllByName(host)));
      found.removeIf(address -> NetUtil.isValidIpV6Address(address.getHostAddress()) != v6);
      lastKnown.put(host, found);
      return found;
    } catch (UnknownHostException e) {
      return lastKnown.getOrDefault(host, List.of());
    }
  }

  /**
   * Returns every address and port at which a member may be.
   *
   * @param resolved from {@link #resolve}; names that are left in it are skipped
   */
  Set<InetSocketAddress> sockets(Collection<String> resolved) {
    Set<InetSocketAddress> sockets = new LinkedHashSet<>();
    for (String member : resolved) {
      String host = host(member);
      if (!isNumeric(host)) {
        continue;
      }
      if (host.length() < member.length()) {
        int port = Integer.parseInt(member.substring(host.length() + 1));
        sockets.add(new InetSocketAddress(host, port));
        continue;
      }
      for (int port = firstPort; port < firstPort + PORTS && port <= 65535; port++) {
        sockets.add(new InetSocketAddress(host, port));
      }
    }
    return sockets;
  }

  /** Returns the socket as Hazelcast reads it in its list of members. */
  static String text(InetSocketAddress socket) {
    return new HostPort(NetUtil.toAddressString(socket.getAddress()), socket.getPort()).toString();
  }

  private static String host(String member) {
    int colon = member.indexOf(':', member.indexOf(']') + 1);
    return colon < 0 ? member : member.substring(0, colon);
  }

  private static boolean isNumeric(String host) {
    return host.startsWith("[") || NetUtil.isValidIpV4Address(host);
  }
}
