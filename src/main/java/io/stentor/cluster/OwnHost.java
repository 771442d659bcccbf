package io.stentor.cluster;

import io.netty.util.NetUtil;
import io.stentor.config.ClusterOptions;
import io.stentor.config.ConfigException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the address that {@code cluster.host} means on this machine. */
final class OwnHost {

  private static final String KEY = "cluster.host";

  private OwnHost() {}

  /**
   * The same options with {@code host} as the address that other nodes reach this one by. An
   * address of the IPv4 family is preferred where a name has several on this machine. May ask DNS.
   *
   * @throws ConfigException where the host is no address of this machine, or of no use
   */
  static ClusterOptions resolved(ClusterOptions cluster) {
    InetAddress found = address(cluster.host());
    if (cluster.discovery() == ClusterOptions.Discovery.MULTICAST
        && !(found instanceof Inet4Address)) {
      throw ConfigException.badValue(
          KEY, cluster.host(), "an IPv4 address where discovery is multicast");
    }
    return cluster.withHost(NetUtil.toAddressString(found));
  }

  private static InetAddress address(String host) {
    List<InetAddress> all = new ArrayList<>();
    try {
      all.addAll(List.of(InetAddress.getAllByName(host)));
    } catch (UnknownHostException e) {
      throw refused(host, "it does not resolve");
    }
    if (all.stream().allMatch(InetAddress::isAnyLocalAddress)) {
      throw ConfigException.badValue(
          KEY, host, "one address that other nodes reach this one by, such as " + some());
    }
    all.removeIf(address -> !isHere(address));
    if (all.isEmpty()) {
      throw refused(host, "no network interface has it");
    }
    all.removeIf(InetAddress::isLinkLocalAddress);
    if (all.isEmpty()) {
      throw refused(host, "a link-local address has no meaning to other nodes");
    }
    return all.stream().filter(Inet4Address.class::isInstance).findFirst().orElse(all.get(0));
  }

  private static boolean isHere(InetAddress address) {
    try {
      // Every address of 127.0.0.0/8 can be bound to, though the interface has one of them.
      return (address instanceof Inet4Address && address.isLoopbackAddress())
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return false;
    }
  }

  private static ConfigException refused(String host, String why) {
    return ConfigException.badValue(
        KEY, host, "an address or name of this machine (" + some() + "): " + why);
  }

  /** Addresses of this machine, for people. */
  private static String some() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLinkLocalAddress())
          .map(NetUtil::toAddressString)
          .limit(8)
          .collect(Collectors.joining(", "));
    } catch (SocketException e) {
      return "127.0.0.1";
    }
  }
}
