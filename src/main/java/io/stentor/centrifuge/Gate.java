package io.stentor.centrifuge;

import io.netty.buffer.ByteBuf;
import io.stentor.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/** Holds what a subscription writes until the client has been answered. One event loop. */
final class Gate {

  private final Session session;
  private final List<ByteBuf> held = new ArrayList<>(0);
  private boolean open;

  Gate(Session session) {
    this.session = session;
  }

  boolean isOpen() {
    return open;
  }

  /** Lets through what was held, and all that comes. Returns whether it was closed. */
  boolean open() {
    if (open) {
      return false;
    }
    open = true;
    held.forEach(session.outlet()::write);
    held.clear();
    session.outlet().flush();
    return true;
  }

  /** Takes over one reference. */
  void write(ByteBuf framed) {
    if (open) {
      session.outlet().write(framed);
    } else {
      held.add(framed);
    }
  }

  void push(JsonWriter push) {
    if (open) {
      session.push(push);
    } else {
      held.add(session.lines().format().framedPush(push));
    }
  }

  /** Nothing is wanted any more. */
  void close() {
    held.forEach(ByteBuf::release);
    held.clear();
  }
}
