package io.stentor.centrifuge;

import io.stentor.json.JsonFields;

/** {@code rpc} and {@code ping}: nothing here answers them. */
record DeclinedCommand() implements Command {

  static DeclinedCommand of(JsonFields fields) {
    return new DeclinedCommand();
  }

  @Override
  public void apply(Session session, Answer answer) {
    throw new Refusal(ErrorCode.NOT_AVAILABLE);
  }
}
