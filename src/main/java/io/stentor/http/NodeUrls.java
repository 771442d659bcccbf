package io.stentor.http;

import io.stentor.cluster.AnnouncedUrls;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The URLs of the nodes, as the client of a request can use them. Without {@code http.publicUrl} a
 * node knows its URL only from requests that come to it directly: the client used its port, and no
 * proxy says that it forwarded the request. Any thread.
 */
public final class NodeUrls {

  /** Hosts that may become part of a header of a response. */
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]");

  private static final List<String> FORWARDED =
      List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via");

  private final String publicUrl;
  private final Supplier<List<String>> others;
  private final Supplier<List<String>> recent;

  /**
   * Creates the URLs of a cluster.
   *
   * @param publicUrl of this node; empty if it is not configured
   */
  public NodeUrls(String publicUrl, AnnouncedUrls announced) {
    this(publicUrl, announced::others, announced::recent);
  }

  NodeUrls(String publicUrl, Supplier<List<String>> others, Supplier<List<String>> recent) {
    this.publicUrl = publicUrl;
    this.others = others;
    this.recent = recent;
  }

  /** Returns the URLs, this node's first; empty if this node does not know its own. */
  public List<String> of(HttpServerRequest request) {
    HostAndPort direct = direct(request);
    if (publicUrl.isEmpty() && direct == null) {
      return List.of();
    }
    Set<String> urls = new LinkedHashSet<>();
    urls.add(
        publicUrl.isEmpty() && direct != null
            ? (request.isSSL() ? "https://" : "http://") + authority(direct)
            : publicUrl);
    urls.addAll(usable(others.get(), direct));
    return List.copyOf(urls);
  }

  /** Returns whether an origin is that of another node, or of one that left within a day. */
  boolean isOther(HttpServerRequest request, String origin) {
    HostAndPort direct = direct(request);
    return usable(others.get(), direct).contains(origin)
        || usable(recent.get(), direct).contains(origin);
  }

  private static List<String> usable(List<String> announced, @Nullable HostAndPort direct) {
    List<String> usable = new ArrayList<>();
    for (String url : announced) {
      if (!url.contains(AnnouncedUrls.CLIENTS_HOST)) {
        usable.add(url);
      } else if (direct != null) {
        String withHost = url.replace(AnnouncedUrls.CLIENTS_HOST, direct.host());
        usable.add(withHost.replaceFirst("^(http://.*):80$|^(https://.*):443$", "$1$2"));
      }
    }
    return usable;
  }

  /** Returns the host and port that the client used, or null if a proxy may be in between. */
  private static @Nullable HostAndPort direct(HttpServerRequest request) {
    HostAndPort used = request.authority();
    if (used == null || !HOST.matcher(used.host()).matches()) {
      return null;
    }
    int port = used.port() > 0 ? used.port() : usualPort(request);
    boolean isDirect =
        request.localAddress() != null
            && port == request.localAddress().port()
            && FORWARDED.stream().noneMatch(request.headers()::contains);
    return isDirect ? used : null;
  }

  private static int usualPort(HttpServerRequest request) {
    return request.isSSL() ? 443 : 80;
  }

  /** Returns the host and port as browsers write them in origins: the usual port is left out. */
  private static String authority(HostAndPort used) {
    return used.host() + (used.port() > 0 ? ":" + used.port() : "");
  }
}
