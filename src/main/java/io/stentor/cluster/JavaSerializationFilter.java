package io.stentor.cluster;

import com.hazelcast.config.JavaSerializationFilterConfig;

/**
 * Restricts what a node deserializes by Java's own mechanism from a peer of its Hazelcast ports.
 * Nodes send only exceptions of failed operations in this form; everything else has its own format.
 * So only classes that exceptions consist of are accepted, and no class of a library.
 */
final class JavaSerializationFilter {

  private static final String[] ACCEPTED_PREFIXES = {
    "com.hazelcast.", "java.io.", "java.lang.", "java.nio.", "java.util.", "["
  };

  /** Libraries inside Hazelcast, as usable for attacks as any other. */
  private static final String LIBRARIES = "com.hazelcast.shaded.";

  private JavaSerializationFilter() {}

  /** Creates a filter that rejects every other class before it is loaded. */
  static JavaSerializationFilterConfig filter() {
    JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
    // Hazelcast's own list accepts all of java and javax.
    filter.setDefaultsDisabled(true);
    filter.getWhitelist().addPrefixes(ACCEPTED_PREFIXES);
    filter.getBlacklist().addPrefixes(LIBRARIES);
    return filter;
  }
}
