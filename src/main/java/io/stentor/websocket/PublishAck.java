package io.stentor.websocket;

import io.stentor.http.LoopContext;
import io.stentor.message.CloseReason;
import io.stentor.message.Position;
import io.stentor.room.Ack;
import io.stentor.room.MessageTooLarge;

/** What a WebSocket of the plain protocol hears of one text that it published. Any thread. */
final class PublishAck implements Ack {

  private final WebSocketConnection publisher;
  private final LoopContext server;
  private final int bytes;

  /**
   * The acknowledgement of this many bytes.
   *
   * @param server whose event loop the publisher belongs to
   */
  PublishAck(WebSocketConnection publisher, LoopContext server, int bytes) {
    this.publisher = publisher;
    this.server = server;
    this.bytes = bytes;
  }

  @Override
  public void appended(Position position) {
    server.onLoop(() -> publisher.acknowledged(bytes));
  }

  @Override
  public void refused(Throwable reason) {
    CloseReason why =
        reason instanceof MessageTooLarge
            ? CloseReason.tooBig(String.valueOf(reason.getMessage()))
            : CloseReason.INTERNAL;
    server.onLoop(() -> publisher.close(why));
  }
}
