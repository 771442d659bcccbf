package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * What stands around one JSON object on a transport. Constants; any thread.
 *
 * <p>Used as {@code int mark = begin(out)}, then the object is appended, then {@code end(out,
 * mark)}.
 */
public interface Framing {

  /** One WebSocket text frame for each object (RFC 6455, section 5.2). */
  Framing WEB_SOCKET = new WebSocketFraming();

  /** One line for each object. */
  Framing LINES = new StreamFraming(false, "", "\n");

  /** The same, each a chunk of HTTP/1.1. */
  Framing CHUNKED_LINES = new StreamFraming(true, "", "\n");

  /** One server-sent event for each object (WHATWG HTML, section 9.2). */
  Framing EVENTS = new StreamFraming(false, "data: ", "\n\n");

  /** The same, each a chunk of HTTP/1.1. */
  Framing CHUNKED_EVENTS = new StreamFraming(true, "data: ", "\n\n");

  /** Every one of them. */
  List<Framing> ALL = List.of(WEB_SOCKET, LINES, CHUNKED_LINES, EVENTS, CHUNKED_EVENTS);

  /** Most bytes that stand around an object. */
  int overhead();

  /** Makes room for what stands in front; returns a mark for {@link #end}. */
  int begin(ByteBuf out);

  /** Completes what was begun at the mark. */
  void end(ByteBuf out, int mark);
}
