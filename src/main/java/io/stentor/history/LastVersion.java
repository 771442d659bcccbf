package io.stentor.history;

import io.stentor.message.Attributes;
import org.jspecify.annotations.Nullable;

/**
 * The newest version among the publications of a log, so that older ones can be dropped. Part of
 * the log's state: removing or losing the publication does not change it.
 *
 * @param number an unsigned number; not 0
 * @param epoch versions of different epochs are not compared; empty by default
 */
public record LastVersion(long number, String epoch) {

  /**
   * Returns whether a publication is older than this version, or the same. One without an epoch is
   * compared with every epoch.
   */
  boolean isNewerOrSame(Attributes attributes) {
    return attributes.version() != 0
        && (attributes.versionEpoch().isEmpty() || attributes.versionEpoch().equals(epoch))
        && Long.compareUnsigned(attributes.version(), number) <= 0;
  }

  /** Returns the version of a publication, otherwise {@code last}. */
  static @Nullable LastVersion after(@Nullable LastVersion last, Attributes attributes) {
    return attributes.version() == 0
        ? last
        : new LastVersion(attributes.version(), attributes.versionEpoch());
  }

  /** Returns the version of two logs that were merged. Versions of two epochs have no order. */
  static @Nullable LastVersion merged(@Nullable LastVersion one, @Nullable LastVersion other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    boolean otherIsNewer =
        one.epoch.equals(other.epoch) && Long.compareUnsigned(other.number, one.number) > 0;
    return otherIsNewer ? other : one;
  }
}
