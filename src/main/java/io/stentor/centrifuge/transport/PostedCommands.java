package io.stentor.centrifuge.transport;

import io.stentor.centrifuge.Mailbox;
import io.stentor.json.InvalidJson;
import io.stentor.json.JsonFields;
import io.stentor.json.JsonSource;
import java.nio.charset.StandardCharsets;

/** Commands on their way to a {@link Mailbox}. Immutable. */
final class PostedCommands {

  private final Mailbox to;
  private final byte[] commands;

  private PostedCommands(Mailbox to, byte[] commands) {
    this.to = to;
    this.commands = commands;
  }

  /**
   * Reads a post: {@code {"session":"…","node":"…","data":"…"}}.
   *
   * @throws IllegalArgumentException with the end of a sentence where it is none
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
   * Nobody can be told later, so commands that cannot be taken as they are have to be refused now.
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

  /** Whom they are for. */
  public Mailbox to() {
    return to;
  }

  /** How many commands there are in lines with one each; empty lines are none. */
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

  /** Lines with a command each; not to be changed. */
  public byte[] commands() {
    return commands;
  }
}
