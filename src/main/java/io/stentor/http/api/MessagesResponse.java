package io.stentor.http.api;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.stentor.history.Page;
import io.stentor.http.api.JsonMessages.Lines;
import io.stentor.message.Position;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;

/**
 * The answers of {@code GET /rooms/{room}/messages}: one JSON object. Event loop of the request.
 */
final class MessagesResponse {

  /** Most bytes of messages in one answer, but at least one message. */
  static final int MAX_BYTES = 256 * 1024;

  private MessagesResponse() {}

  /** Answers with nothing. */
  static void none(HttpServerResponse response, Position position, boolean recovered) {
    send(response, JsonMessages.head(position, recovered, false), Unpooled.EMPTY_BUFFER);
  }

  /** Answers with what was read from the log. */
  static void page(HttpServerResponse response, Page page, boolean recovered) {
    ByteBuf lines = encoded(page);
    Position position = new Position(page.epoch(), page.last());
    String head = JsonMessages.head(position, recovered, page.last() < page.top());
    send(response, head, lines.writerIndex(Math.max(0, lines.writerIndex() - 2)));
  }

  private static ByteBuf encoded(Page page) {
    int size = page.publications().stream().mapToInt(JsonMessages.FORMAT::sizeLimit).sum();
    ByteBuf lines = PooledByteBufAllocator.DEFAULT.directBuffer(size);
    long offset = page.first();
    for (var publication : page.publications()) {
      JsonMessages.FORMAT.encode(publication, page.epoch(), offset++, lines);
    }
    return lines;
  }

  /**
   * Answers with lines that others are given as well.
   *
   * @param lines at least one; takes over one reference
   * @param after where the client is before the first line
   */
  static void lines(HttpServerResponse response, ByteBuf lines, Position after, int limit) {
    Lines some = Lines.of(lines, limit, MAX_BYTES);
    Position position =
        after.epoch() == 0
            ? Position.NONE
            : new Position(after.epoch(), after.offset() + some.count());
    String head = JsonMessages.head(position, true, some.cut());
    // Without the last line's comma.
    send(response, head, lines.writerIndex(lines.readerIndex() + some.length() - 2));
  }

  /** Sends the bytes as they are; nobody copies them, and the reference ends with the answer. */
  private static void send(HttpServerResponse response, String head, ByteBuf lines) {
    if (response.closed() || response.ended()) {
      lines.release();
      return;
    }
    ByteBuf begin = Unpooled.wrappedBuffer(head.getBytes(StandardCharsets.UTF_8));
    ByteBuf end = Unpooled.wrappedBuffer(JsonMessages.end().getBytes(StandardCharsets.UTF_8));
    ByteBuf whole = Unpooled.wrappedBuffer(begin, lines, end);
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(BufferInternal.buffer(whole))
        .onComplete(sent -> whole.release());
  }
}
