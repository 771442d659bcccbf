package io.stentor.cluster;

/**
 * A node has answered that it does not do what was asked, and why. This is an answer: asking again
 * would bring the same one.
 */
public final class Declined extends RuntimeException {
  /** Lower codes are those of {@link ClusterCall} itself. */
  public static final int LOWEST_CODE = 100;

  private static final long serialVersionUID = 1;

  private final int code;

  /**
   * A node declines.
   *
   * @param code what kind of reason it is, by the numbers of those who ask; at least {@link
   *     #LOWEST_CODE}
   * @param reason for people
   */
  public Declined(int code, String reason) {
    super(reason, null, false, false);
    if (code < LOWEST_CODE) {
      throw new IllegalArgumentException("not a code of a reason: " + code);
    }
    this.code = code;
  }

  /** What kind of reason it is. */
  public int code() {
    return code;
  }

  /** For people. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
