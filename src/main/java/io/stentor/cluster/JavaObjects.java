package io.stentor.cluster;

import com.hazelcast.config.JavaSerializationFilterConfig;

/**
 * Which objects in the form of Java's own serialization a node takes from whoever reaches its
 * Hazelcast ports. Nodes send each other nothing in that form but the exceptions that an operation
 * ended with: everything else has formats of its own. So only what exceptions are made of is taken,
 * and no class of a library.
 */
final class JavaObjects {

  private static final String[] TAKEN = {
    "com.hazelcast.", "java.io.", "java.lang.", "java.nio.", "java.util.", "["
  };

  /** Libraries inside Hazelcast, which are as good for attacks as those beside it. */
  private static final String LIBRARIES = "com.hazelcast.shaded.";

  private JavaObjects() {}

  /** Refuses every other class before anything of it is loaded. */
  static JavaSerializationFilterConfig filter() {
    JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
    // Hazelcast's own list begins with all of java and javax.
    filter.setDefaultsDisabled(true);
    filter.getWhitelist().addPrefixes(TAKEN);
    filter.getBlacklist().addPrefixes(LIBRARIES);
    return filter;
  }
}
