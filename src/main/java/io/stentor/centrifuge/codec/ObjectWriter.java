package io.stentor.centrifuge.codec;

import io.stentor.message.Member;
import io.stentor.message.Publication;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the members of one object, such as a reply, in one encoding. Members that the encoding has
 * no place for are left out. One thread.
 */
public interface ObjectWriter {

  /** The members of an object; they may be written more than once. */
  @FunctionalInterface
  interface Content {

    /** An object without members. */
    Content EMPTY = out -> {};

    void writeTo(ObjectWriter out);
  }

  /**
   * A publication in a list.
   *
   * @param offset in the log of its room
   */
  record Logged(Publication publication, long offset) {}

  /** Writes a string; left out if it is null or empty. */
  ObjectWriter text(String name, @Nullable String value);

  /** Writes an integer; left out if it is 0. */
  ObjectWriter number(String name, long value);

  /** Writes an integer, even if it is 0, unless the encoding makes no difference. */
  ObjectWriter integer(String name, long value);

  /** Writes a boolean; left out if it is false. */
  ObjectWriter flag(String name, boolean value);

  /** Writes JSON source that has no line ends; left out if it is null. */
  ObjectWriter source(String name, @Nullable String json);

  /** Writes an object, even if it is empty. */
  ObjectWriter object(String name, Content content);

  /** Writes an object with objects as members. */
  ObjectWriter objects(String name, Map<String, Content> contents);

  ObjectWriter publications(String name, List<Logged> publications);

  /**
   * Writes publications as in a format {@linkplain ClientFormat#withDeltas with deltas}. Each delta
   * is the difference from the publication before it in the list.
   */
  ObjectWriter deltas(String name, List<Logged> publications);

  ObjectWriter member(String name, Member member);

  /** Writes an object whose members are named by connection. */
  ObjectWriter members(String name, Collection<Member> members);
}
