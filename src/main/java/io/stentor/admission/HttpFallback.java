package io.stentor.admission;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.http.HttpServerRequest;

/**
 * What a {@link ConnectionGuard} has HTTP do where no handler of a request can. Event loop of the
 * connection.
 */
public interface HttpFallback {

  /** Checks the heads of requests from now on. Called before the first bytes are decoded. */
  void checkHeads(ChannelPipeline pipeline);

  /**
   * The HTTP/1 answer to a head that did not arrive in time.
   *
   * @param seconds how long it may take
   */
  ByteBuf headTimeout(int seconds);

  /** Answers a request that no handler has answered in time. */
  void answerOverdue(HttpServerRequest request);
}
