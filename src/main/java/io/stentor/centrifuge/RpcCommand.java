package io.stentor.centrifuge;

import io.stentor.centrifuge.codec.CommandError;
import io.stentor.centrifuge.codec.CommandError.ErrorCode;
import io.stentor.json.Fields;
import java.util.concurrent.TimeUnit;

/**
 * {@code rpc}: calls a method of the server. There is one, for demonstrations: for ten seconds the
 * connection is treated as one whose client reads slowly.
 *
 * @param method unchecked name
 */
record RpcCommand(String method) implements Command {

  /** The method, on nodes with the demo. */
  private static final String READ_SLOWLY = "demo.readSlowly";

  /** Multiple of {@link #PAUSE_MILLIS}, so that the last pause ends with the whole. */
  private static final int SECONDS = 10;

  /** Between two moments at which messages are delivered. */
  private static final int PAUSE_MILLIS = 2500;

  static RpcCommand of(Fields fields) {
    return new RpcCommand(fields.text("method"));
  }

  @Override
  public void apply(Session session, ReplyHandle reply) {
    boolean demo = session.loop().node().live().get().demo().enabled();
    if (!demo || !method.equals(READ_SLOWLY) || !session.hold(true)) {
      throw new CommandError(ErrorCode.NOT_AVAILABLE);
    }
    deliverOnceAndAgain(session, 1000 * SECONDS / PAUSE_MILLIS);
    reply.complete(out -> out.source("data", "{\"seconds\":" + SECONDS + "}"));
  }

  private static void deliverOnceAndAgain(Session session, int pauses) {
    session
        .loop()
        .eventLoop()
        .schedule(
            () -> {
              session.hold(false);
              if (pauses > 1) {
                session.hold(true);
                deliverOnceAndAgain(session, pauses - 1);
              }
            },
            PAUSE_MILLIS,
            TimeUnit.MILLISECONDS);
  }
}
