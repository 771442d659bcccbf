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

/** Resolves {@code cluster.host} to an address of this machine. */
public final class ClusterHost {

  private static final String KEY = "cluster.host";

  private ClusterHost() {}

  /**
   * Returns the options with {@code host} replaced by the address at which other nodes reach this
   * one. If a name has several addresses of this machine, prefers IPv4. May block for DNS.
   *
   * @throws ConfigException if the host is not a usable address of this machine
   */
  public static ClusterOptions resolve(ClusterOptions cluster) {
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
      throw unusable(host, "it does not resolve");
    }
    if (all.stream().allMatch(InetAddress::isAnyLocalAddress)) {
      throw ConfigException.badValue(
          KEY, host, "one address that other nodes reach this one by, such as " + examples());
    }
    all.removeIf(address -> !isLocal(address));
    if (all.isEmpty()) {
      throw unusable(host, "no network interface has it");
    }
    all.removeIf(InetAddress::isLinkLocalAddress);
    if (all.isEmpty()) {
      throw unusable(host, "a link-local address has no meaning to other nodes");
    }
    return all.stream().filter(Inet4Address.class::isInstance).findFirst().orElse(all.get(0));
  }

  private static boolean isLocal(InetAddress address) {
    try {
      // All of 127.0.0.0/8 can be bound to, though the interface has only one of these addresses.
      return (address instanceof Inet4Address && address.isLoopbackAddress())
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return false;
    }
  }

  private static ConfigException unusable(String host, String why) {
    return ConfigException.badValue(
        KEY, host, "an address or name of this machine (" + examples() + "): " + why);
  }

  /** Lists up to 8 addresses of this machine. */
  private static String examples() {
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
