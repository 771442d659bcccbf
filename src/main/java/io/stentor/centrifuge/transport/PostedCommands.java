package io.stentor.centrifuge.transport;

import io.stentor.centrifuge.ClientTransport.Mailbox;
import io.stentor.json.InvalidJson;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonSource;
import java.nio.charset.StandardCharsets;

/** Posted commands and the {@link Mailbox} that they are addressed to. Immutable. */
final class PostedCommands {

  private final Mailbox to;
  private final byte[] commands;

  private PostedCommands(Mailbox to, byte[] commands) {
    this.to = to;
    this.commands = commands;
  }

  /**
   * Parses a post: {@code {"session":"…","node":"…","data":"…"}}.
   *
   * @throws IllegalArgumentException if it is invalid; the message is the end of a sentence
   */
  public static PostedCommands read(byte[] source) {
    try {
      JsonFields fields = JsonFields.of(source);
      Mailbox to = new Mailbox(required(fields, "session"), required(fields, "node"));
      return new PostedCommands(to, commands(required(fields, "data")));
    } catch (InvalidJson e) {
      throw new IllegalArgumentException("bad request: " + e.getMessage());
    }
  }

  /**
   * Extracts the commands. Invalid commands must be rejected now, because a post has no later
   * response.
   */
  private static byte[] commands(String data) {
    byte[] commands = data.getBytes(StandardCharsets.UTF_8);
    if (JsonSource.hasLoneSurrogate(commands)) {
      throw new IllegalArgumentException("bad request: data has half of a surrogate pair");
    }
    return commands;
  }

  private static String required(JsonFields fields, String name) {
    String text = fields.text(name);
    if (text.isEmpty()) {
      throw new IllegalArgumentException("bad request: " + name + " is missing");
    }
    return text;
  }

  /** Returns the addressed mailbox. */
  public Mailbox to() {
    return to;
  }

  /** Counts the commands: one per line, ignoring empty lines. */
  public static int count(byte[] lines) {
    int count = 0;
    boolean within = false;
    for (byte next : lines) {
      if (next == '\n') {
        within = false;
      } else if (!within && next != ' ' && next != '\t' && next != '\r') {
        within = true;
        count++;
      }
    }
    return count;
  }

  /** Returns the commands, one per line. Do not modify the array. */
  public byte[] commands() {
    return commands;
  }
}
