package io.stentor.journal;

import java.io.DataInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A replay that keeps what it gets. A payload is a text of {@link #payload}. */
final class Recorded implements Replay {
  /** All records: kind, key, and what the payload says. */
  final List<String> records = new ArrayList<>();

  /** The texts of each key that has a state. */
  final Map<String, List<String>> states = new LinkedHashMap<>();

  final List<String> damage = new ArrayList<>();

  static byte[] payload(String text) {
    return payload(text, 0);
  }

  /** Returns a payload that says this, and has some more bytes. */
  static byte[] payload(String text, int more) {
    ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES + 2 * text.length() + more);
    buffer.putInt(text.length());
    text.chars().forEach(character -> buffer.putChar((char) character));
    while (buffer.hasRemaining()) {
      buffer.put((byte) buffer.position());
    }
    return buffer.array();
  }

  /** Returns the texts that a BASE holds, which are separated by commas. */
  static List<String> texts(String base) {
    return new ArrayList<>(base.isEmpty() ? List.of() : List.of(base.split(",")));
  }

  @Override
  public void record(Kind kind, String key, DataInput payload) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = payload.readInt(); i > 0; i--) {
      text.append(payload.readChar());
    }
    records.add(kind + " " + key + " " + text);
    switch (kind) {
      case BASE -> states.put(key, texts(text.toString()));
      case STEP -> states.computeIfAbsent(key, any -> new ArrayList<>()).add(text.toString());
      case END -> states.remove(key);
    }
  }

  @Override
  public void damaged(String sentence) {
    damage.add(sentence);
  }
}
