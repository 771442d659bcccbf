package io.stentor.admission;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * The client to which limits per address apply: an IPv4 address, or the first 64 bits of an IPv6
 * address, because a host usually has all addresses of such a network.
 *
 * @param six whether it is IPv6
 * @param bits the address, or its first half
 */
record ClientNetwork(boolean six, long bits) {

  /** Returns the network of an address. */
  static ClientNetwork of(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean four = address instanceof Inet4Address;
    return new ClientNetwork(
        !four,
        four ? ByteBuffer.wrap(bytes).getInt() & 0xffff_ffffL : ByteBuffer.wrap(bytes).getLong());
  }

  /** Returns the address, or the network in CIDR notation. */
  @Override
  public String toString() {
    byte[] bytes =
        six
            ? ByteBuffer.allocate(16).putLong(bits).array()
            : ByteBuffer.allocate(4).putInt((int) bits).array();
    try {
      return InetAddress.getByAddress(bytes).getHostAddress() + (six ? "/64" : "");
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
