package io.stentor.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A fenced code block of the documents.
 *
 * @param place file and line
 * @param language empty where none is named
 * @param note what the comment {@code <!-- block: … -->} in front of it says; empty where there is
 *     none
 */
public record CodeBlock(String place, String language, String note, List<String> lines) {
  /** How the note of a block begins that is a file of a recipe; the file's name follows. */
  public static final String FILE = "file ";

  private static final String FENCE = "```";
  private static final String NOTE = "<!-- block: ";
  private static final String NOTE_END = " -->";

  /** The block's text. */
  public String text() {
    return String.join("\n", lines) + "\n";
  }

  /** What follows a keyword of the note; null where it does not begin so. */
  public String noteBehind(String keyword) {
    return note.startsWith(keyword) ? note.substring(keyword.length()) : null;
  }

  /** All blocks of README.md and the documents in docs. */
  public static List<CodeBlock> ofDocuments() {
    List<CodeBlock> blocks = new ArrayList<>(of(Path.of("README.md")));
    try (Stream<Path> files = Files.walk(Path.of("docs"))) {
      files
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .forEach(f -> blocks.addAll(of(f)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return blocks;
  }

  /** The blocks of one file. */
  public static List<CodeBlock> of(Path file) {
    try {
      return of(file.toString(), Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The blocks of a text.
   *
   * @throws AssertionError where one is indented instead of fenced, or does not end
   */
  public static List<CodeBlock> of(String file, List<String> text) {
    List<CodeBlock> blocks = new ArrayList<>();
    for (int i = 0; i < text.size(); i++) {
      String line = text.get(i);
      if (line.startsWith(FENCE)) {
        int end = i + 1;
        while (end < text.size() && !text.get(end).equals(FENCE)) {
          end++;
        }
        if (end == text.size()) {
          throw new AssertionError(file + ":" + (i + 1) + ": the code block does not end");
        }
        String language = line.substring(FENCE.length()).strip();
        String note = note(i == 0 ? "" : text.get(i - 1));
        blocks.add(new CodeBlock(file + ":" + (i + 1), language, note, text.subList(i + 1, end)));
        i = end;
      } else if (line.startsWith("    ") && i > 0 && text.get(i - 1).isEmpty()) {
        throw new AssertionError(file + ":" + (i + 1) + ": a code block is fenced, not indented");
      }
    }
    return blocks;
  }

  private static String note(String line) {
    return line.startsWith(NOTE) && line.endsWith(NOTE_END)
        ? line.substring(NOTE.length(), line.length() - NOTE_END.length())
        : "";
  }
}
