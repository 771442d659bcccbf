package io.stentor.room;

import io.netty.buffer.ByteBuf;
import io.stentor.message.CloseReason;
import io.stentor.message.RoomName;
import io.stentor.message.TagFilter;
import io.stentor.room.Cursor.Notice;
import io.stentor.room.Cursor.Start;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket that writes down what it is given. Its socket takes everything
 * while {@link #writable} is true. One thread, except for what a reader looks at through {@link
 * #texts()}.
 */
final class FakeConnection implements Connection, Output {
  /** Whether the cursor has its place. */
  boolean joined;

  private final Format format;
  private final @Nullable TagFilter filter;
  private final String id;
  private final List<String> texts = new ArrayList<>();

  /** The memory behind each write. */
  final List<ByteBuf> memory = new ArrayList<>();

  volatile boolean writable = true;
  int writes;
  int flushes;
  int unflushed;

  /** After so many writes the socket is full; -1 for never. */
  int fullAfter = -1;

  /** Done within each write. */
  Runnable whenWritten = () -> {};

  /** Done when it is told about its place. */
  Runnable whenTold = () -> {};

  /** How often it was told that the log continues under another epoch. */
  int forks;

  /** How many texts it had been sent when it was first told so. */
  int textsBeforeFork;

  volatile @Nullable CloseReason closed;

  FakeConnection(Format format) {
    this(format, null, "");
  }

  FakeConnection(Format format, @Nullable TagFilter filter, String id) {
    this.format = format;
    this.filter = filter;
    this.id = id;
  }

  @Override
  public @Nullable TagFilter filter() {
    return filter;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Format format() {
    return format;
  }

  @Override
  public Output output() {
    return this;
  }

  @Override
  public void joined() {
    joined = true;
  }

  @Override
  public void forked() {
    textsBeforeFork = forks == 0 ? texts().size() : textsBeforeFork;
    forks++;
  }

  @Override
  public boolean tell(Notice notice) {
    whenTold.run();
    return Connection.super.tell(notice);
  }

  @Override
  public boolean isWritable() {
    return closed == null && writable;
  }

  @Override
  public void write(ByteBuf bytes) {
    if (closed == null) {
      writes++;
      unflushed++;
      memory.add(bytes.unwrap() == null ? bytes : bytes.unwrap());
      synchronized (texts) {
        texts.addAll(Frames.texts(bytes));
      }
      if (fullAfter > 0 && --fullAfter == 0) {
        writable = false;
      }
      whenWritten.run();
    }
    bytes.release();
  }

  @Override
  public void flush() {
    flushes++;
    unflushed = 0;
  }

  @Override
  public void close(CloseReason reason) {
    if (closed == null) {
      closed = reason;
    }
  }

  /** What was written so far, a copy. */
  List<String> texts() {
    synchronized (texts) {
      return List.copyOf(texts);
    }
  }

  /** Enters a room of a node without limits. */
  Cursor enter(Rooms rooms, RoomName room, Start start, ManualLoop loop) {
    try {
      return rooms.join(room, this, start, loop.loop().eventLoop());
    } catch (JoinLimitReached e) {
      throw new AssertionError(e);
    }
  }
}
