package io.stentor.admission;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * Where a client comes from, as far as limits tell clients apart: an IPv4 address, or the first 64
 * bits of an IPv6 address, since whoever has one address of such a network has all of them.
 *
 * @param six whether it is of IPv6
 * @param bits the address, or its first half
 */
record ClientNetwork(boolean six, long bits) {

  /** The network of an address. */
  static ClientNetwork of(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean four = address instanceof Inet4Address;
    return new ClientNetwork(
        !four,
        four ? ByteBuffer.wrap(bytes).getInt() & 0xffff_ffffL : ByteBuffer.wrap(bytes).getLong());
  }

  /** The address, or the network. */
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
