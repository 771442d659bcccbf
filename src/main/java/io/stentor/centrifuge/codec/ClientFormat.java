package io.stentor.centrifuge.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.stentor.centrifuge.codec.CommandError.Disconnect;
import io.stentor.centrifuge.codec.ObjectWriter.Content;
import io.stentor.json.Fields;
import io.stentor.json.InvalidJson;
import io.stentor.message.CloseReason;
import io.stentor.message.Publication;
import io.stentor.message.RoomName;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Format;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of everything that one kind of client sends and is sent. Publications are pushes; on
 * unidirectional connections pushes have no envelope. Notices about a subscription's position are
 * not pushes; the subscription handles them. Constants; any thread.
 */
public abstract class ClientFormat implements Format {

  private final Framing framing;
  private final boolean bare;
  private final boolean timed;
  private final boolean deltas;

  ClientFormat(Framing framing, boolean bare, boolean timed, boolean deltas) {
    this.framing = framing;
    this.bare = bare;
    this.timed = timed;
    this.deltas = deltas;
  }

  /** Returns whether the connection is unidirectional: only pushes are sent. */
  public final boolean isBare() {
    return bare;
  }

  /** Returns whether publications carry their time, in pushes and in replies. */
  final boolean isTimed() {
    return timed;
  }

  @Override
  public final boolean hasDeltas() {
    return deltas;
  }

  /**
   * Returns this format with publications as deltas where they are shorter. Only for connections
   * that are not unidirectional.
   */
  public abstract ClientFormat withDeltas();

  final Framing framing() {
    return framing;
  }

  /** Returns whether the content of a published message may be any bytes, not only JSON. */
  public abstract boolean carriesBytes();

  /**
   * Splits a message of a client into its commands, each of which {@link #fields} reads; if the
   * connection is unidirectional, it is the fields of one connect.
   *
   * @return their number
   */
  public abstract int split(byte[] message, Consumer<byte[]> commands);

  /** Returns the number of commands in a message. */
  public abstract int count(byte[] message);

  /**
   * Reads a command.
   *
   * @throws InvalidJson if it is malformed
   * @throws Disconnect if it is malformed
   */
  public abstract Fields fields(byte[] command);

  @Override
  public final void encode(
      RoomName room, Publication publication, long epoch, long offset, ByteBuf out) {
    encode(room, publication, null, offset, out);
  }

  @Override
  public final boolean encodeDelta(
      RoomName room,
      Publication before,
      Publication publication,
      long epoch,
      long offset,
      ByteBuf out) {
    byte[] delta = deltas ? delta(before, publication) : null;
    if (delta != null) {
      encode(room, publication, delta, offset, out);
    }
    return delta != null;
  }

  /**
   * Returns a patch that makes the content of a publication out of that of another one.
   *
   * @return null if it is not shorter, or cannot be expressed
   */
  abstract byte @Nullable [] delta(Publication before, Publication publication);

  /**
   * Appends the push of a publication.
   *
   * @param delta a patch instead of the content; null for the content
   * @param offset 0 if there is no log
   */
  abstract void encode(
      RoomName room, Publication publication, byte @Nullable [] delta, long offset, ByteBuf out);

  /** Encodes a reply, or a ping, which has no members. */
  public abstract ByteBuf reply(Content reply);

  /** Encodes a push, in its envelope if the connection is not unidirectional. */
  public abstract ByteBuf push(Content push);

  /** Returns the final push of a transport that cannot otherwise convey the close reason. */
  public final ByteBuf disconnect(CloseReason reason) {
    return push(
        out ->
            out.object(
                "disconnect",
                close -> close.integer("code", reason.code()).text("reason", reason.reason())));
  }

  @Override
  public final boolean encode(Notice notice, ByteBuf out) {
    return false;
  }

  static ByteBuf buffer(int bytes) {
    return PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
  }
}
