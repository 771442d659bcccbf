package io.stentor.websocket;

import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.stentor.message.CloseReason;
import org.jspecify.annotations.Nullable;

/** Whoever uses a {@link Socket}; called on its event loop. */
public interface SocketListener {

  /**
   * Whether the listener takes whole messages from the pace by {@link Socket#take}, since there is
   * more than one thing in each.
   */
  default boolean countsMessages() {
    return false;
  }

  /** A text, binary or continuation frame; its content is released after the call. */
  void received(WebSocketFrame frame);

  /** Something came from the peer. */
  void heard();

  /** The socket was full and takes more now. */
  void drained();

  /** The peer broke the protocol, or the connection failed; the socket closes by itself. */
  void error(String what);

  /**
   * The socket is being closed, by either side: nothing more is received, and nothing that is
   * written is sent. Called once, before {@link #closed}.
   */
  void closing();

  /**
   * The connection has ended.
   *
   * @param reason what it was closed with here; null where it was not
   * @param why the same, or else what the peer said; for the log
   */
  void closed(@Nullable CloseReason reason, String why);
}
