package io.stentor.proxy;

import io.stentor.support.ReverseProxy;

/** Everything of {@link ProxyContract} with nginx. */
class NginxIT extends ProxyContract {
  @Override
  ReverseProxy start(int... nodes) {
    return ReverseProxy.nginx(nodes);
  }
}
