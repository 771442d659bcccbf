package io.stentor.config;

/** A text that no log and no message shows. */
public final class Secret {
  private final String value;

  /** A secret; empty for none. */
  public Secret(String value) {
    this.value = value;
  }

  /** The secret itself. */
  public String value() {
    return value;
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return value.isEmpty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && secret.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return isEmpty() ? "" : "***";
  }
}
