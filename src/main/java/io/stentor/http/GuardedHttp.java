package io.stentor.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.stentor.admission.HttpFallback;
import io.stentor.admission.Limit;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;

/** Checks request heads, and answers with problems when no request handler can. */
public final class GuardedHttp implements HttpFallback {

  @Override
  public void checkHeads(ChannelPipeline pipeline) {
    HeadCheck.install(pipeline);
  }

  @Override
  public ByteBuf headTimeout(int seconds) {
    String detail =
        "The head of a request may take " + seconds + " seconds (limits.handshakeSeconds).";
    String body =
        Problem.members(ProblemType.REQUEST_TIMEOUT, detail)
            .put("limit", Limit.HANDSHAKE_SECONDS.label())
            .put("allowed", seconds)
            .encode();
    String head =
        "HTTP/1.1 408 Request Timeout\r\nContent-Type: application/problem+json\r\n"
            + "Cache-Control: no-store\r\nConnection: close\r\nContent-Length: ";
    return Unpooled.copiedBuffer(
        head + body.length() + "\r\n\r\n" + body, StandardCharsets.US_ASCII);
  }

  @Override
  public void answerOverdue(HttpServerRequest request) {
    String detail = "The server did not answer this request in time.";
    Problem.answer(request, ProblemType.INTERNAL, detail);
  }
}
