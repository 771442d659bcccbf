package io.stentor.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Networks such as {@code 10.0.0.0/8}, and parsing of addresses without DNS. */
public final class Networks {

  private record Network(InetAddress first, int prefix) {
    boolean contains(byte[] other) {
      byte[] address = first.getAddress();
      if (other.length != address.length) {
        return false;
      }
      int whole = prefix / 8;
      if (!Arrays.equals(address, 0, whole, other, 0, whole)) {
        return false;
      }
      int rest = prefix % 8;
      return rest == 0 || ((address[whole] ^ other[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
    }
  }

  private final List<Network> networks = new ArrayList<>();

  /**
   * Parses a list.
   *
   * @param texts each an address, or an address with a prefix length
   * @throws IllegalArgumentException with the first text that is neither
   */
  public Networks(List<String> texts) {
    for (String text : texts) {
      Network network = network(text);
      if (network == null) {
        throw new IllegalArgumentException(text);
      }
      networks.add(network);
    }
  }

  /** Returns whether a text is an address, or an address with a prefix length. */
  public static boolean isNetwork(String text) {
    return network(text) != null;
  }

  private static @Nullable Network network(String text) {
    int slash = text.indexOf('/');
    InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
    if (address != null) {
      int most = address.getAddress().length * 8;
      String prefix = slash < 0 ? String.valueOf(most) : text.substring(slash + 1);
      if (prefix.matches("\\d{1,3}") && Integer.parseInt(prefix) <= most) {
        return new Network(address, Integer.parseInt(prefix));
      }
    }
    return null;
  }

  /** Parses a numeric address; null if it is not one. */
  public static @Nullable InetAddress address(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    try {
      return bytes == null ? null : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** Returns whether an address is in one of the networks. */
  public boolean contain(InetAddress address) {
    byte[] bytes = address.getAddress();
    for (Network network : networks) {
      if (network.contains(bytes)) {
        return true;
      }
    }
    return false;
  }
}
