package io.stentor.admission;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.http.HttpServerRequest;

/**
 * What a {@link ConnectionGuard} needs from HTTP when no request handler can respond. Confined to
 * the event loop of the connection.
 */
public interface HttpFallback {

  /** Installs the check of request heads. Called before the first bytes are decoded. */
  void checkHeads(ChannelPipeline pipeline);

  /**
   * Returns the HTTP/1 response to a request head that did not arrive in time.
   *
   * @param seconds the time allowed
   */
  ByteBuf headTimeout(int seconds);

  /** Responds to a request that no handler has answered in time. */
  void answerOverdue(HttpServerRequest request);
}
