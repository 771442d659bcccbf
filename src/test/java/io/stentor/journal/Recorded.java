package io.stentor.journal;

import java.io.DataInput;
import java.io.IOException;
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
    byte[] bytes = new byte[2 * text.length() + 4];
    java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(bytes).putInt(text.length());
    text.chars().forEach(character -> buffer.putChar((char) character));
    return bytes;
  }

  @Override
  public void record(Kind kind, String key, DataInput payload) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = payload.readInt(); i > 0; i--) {
      text.append(payload.readChar());
    }
    records.add(kind + " " + key + " " + text);
    switch (kind) {
      case BASE -> states.put(key, new ArrayList<>(List.of(text.toString())));
      case STEP -> states.computeIfAbsent(key, any -> new ArrayList<>()).add(text.toString());
      case END -> states.remove(key);
    }
  }

  @Override
  public void damaged(String sentence) {
    damage.add(sentence);
  }
}
