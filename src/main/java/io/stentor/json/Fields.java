package io.stentor.json;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of one object by name, as a client sent them, in JSON or another encoding. Members
 * are decoded when they are read. A member of a type or value that is not allowed fails with an
 * exception of the encoding, such as {@link InvalidJson}. One thread.
 */
public interface Fields {

  /** Returns the names of all members, in the order of their arrival. */
  Set<String> names();

  boolean has(String name);

  /** Returns a string; empty if there is none. */
  String text(String name);

  /** Returns an integer; 0 if there is none. */
  long number(String name);

  /** Returns an integer that is not negative; 0 if there is none. */
  long unsigned(String name);

  /** Returns a boolean; false if there is none. */
  boolean flag(String name);

  /** Returns an object; null if there is none. */
  @Nullable Fields object(String name);

  /** Returns a list of strings; empty if there is none. */
  List<String> texts(String name);

  /** Returns a list of objects; empty if there is none. */
  List<? extends Fields> objects(String name);

  /** Returns the content of a value as it was received; null if there is none. */
  byte @Nullable [] slice(String name);
}
