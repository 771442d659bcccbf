package io.stentor.config;

import io.netty.util.NetUtil;
import java.net.IDN;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The entries of {@code http.allowedOrigins}, normalised to the form that browsers send. */
public final class OriginPattern {

  /** Pages whose origin browsers do not reveal: files, and frames in a sandbox. */
  public static final String NULL = "null";

  /** Pages opened from a file. */
  public static final String FILE = "file://";

  /** Pages of this server, under any name. */
  public static final String SELF = "self";

  static final String ALLOWED =
      "an origin such as https://example.org or https://*.example.org:8443, without a path, in"
          + " which hosts of other scripts are written as xn--…; or file://, null or self";

  private static final Pattern FORM =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://(\\[[^]]*]|[^/:?#@\\[\\]\\s]+)(?::([0-9*]+))?");

  private static final Pattern HOST = Pattern.compile("[a-z0-9._~*-]+");

  /** Characters that browsers and this platform map to different names. */
  private static final Pattern AMBIGUOUS = Pattern.compile("[\u00df\u03c2\u200c\u200d]");

  private static final Map<String, String> USUAL_PORTS =
      Map.of("http", "80", "https", "443", "ws", "80", "wss", "443", "ftp", "21");

  private static final int MAX_PORT = 65_535;

  private OriginPattern() {}

  /**
   * Normalises an entry to the form that browsers send: scheme and host in lower case, the host in
   * ASCII, without the default port.
   *
   * @throws IllegalArgumentException if no origin that a browser sends could match it
   */
  static String normalised(String entry) {
    if (entry.equals(NULL) || entry.equals(SELF)) {
      return entry;
    }
    if (entry.equalsIgnoreCase(FILE) || entry.equalsIgnoreCase(FILE + "/")) {
      return FILE;
    }
    Matcher form = FORM.matcher(entry);
    if (!form.matches()) {
      throw new IllegalArgumentException(ALLOWED);
    }
    String scheme = form.group(1).toLowerCase(Locale.ROOT);
    String host = host(form.group(2));
    String port = form.group(3);
    if (port == null || port.equals(USUAL_PORTS.get(scheme))) {
      return scheme + "://" + host;
    }
    return scheme + "://" + host + ":" + (port.contains("*") ? port : port(port));
  }

  private static String port(String digits) {
    if (digits.length() > 5 || digits.startsWith("0") || Integer.parseInt(digits) > MAX_PORT) {
      throw new IllegalArgumentException(ALLOWED);
    }
    return digits;
  }

  private static String host(String host) {
    if (host.startsWith("[")) {
      return address(host.substring(1, host.length() - 1));
    }
    if (AMBIGUOUS.matcher(host).find()) {
      throw new IllegalArgumentException(ALLOWED);
    }
    StringBuilder ascii = new StringBuilder();
    for (String label : host.split("\\.", -1)) {
      boolean plain = label.chars().allMatch(c -> c < 0x80);
      if (!plain && label.contains("*")) {
        throw new IllegalArgumentException(ALLOWED);
      }
      ascii.append(ascii.isEmpty() ? "" : ".").append(plain ? label : IDN.toASCII(label));
    }
    String lower = ascii.toString().toLowerCase(Locale.ROOT);
    if (!HOST.matcher(lower).matches()) {
      throw new IllegalArgumentException(ALLOWED);
    }
    return lower;
  }

  private static String address(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    try {
      if (bytes != null && InetAddress.getByAddress(bytes) instanceof Inet6Address address) {
        return "[" + NetUtil.toAddressString(address) + "]";
      }
    } catch (UnknownHostException e) {
      // Cannot happen: the bytes are those of an address.
    }
    throw new IllegalArgumentException(ALLOWED);
  }
}
