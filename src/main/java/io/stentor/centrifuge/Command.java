package io.stentor.centrifuge;

/** What a client asks for. Each command reads its own fields and applies itself. */
interface Command {

  /**
   * Does what is asked, on the session's event loop. Gives the answer once, now or later.
   *
   * @throws Refusal to answer with an error
   * @throws Disconnect to end the connection
   */
  void apply(Session session, Answer answer);
}
