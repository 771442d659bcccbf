package io.stentor.centrifuge;

import io.stentor.json.JsonFields;

/** {@code send}: nothing here listens to it, and no answer could say so. */
record SendCommand() implements Command {

  static SendCommand of(JsonFields fields) {
    return new SendCommand();
  }

  @Override
  public void apply(Session session, Answer answer) {
    throw new Disconnect(Disconnect.NOT_AVAILABLE);
  }
}
