package io.stentor.config;

/**
 * What is logged.
 *
 * @param level least level that is written
 * @param format {@code TEXT} for people, {@code JSON} for machines: one object a line
 */
public record LoggingOptions(Level level, Format format) {
  /** Levels, most important first. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  /** How a line looks. */
  public enum Format {
    TEXT,
    JSON
  }
}
