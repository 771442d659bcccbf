package io.stentor.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/** The differences between configurations, and which of them a running node can apply. */
public final class ConfigChanges {

  /** Options, and groups of options, that a running node can apply. */
  static final List<String> WHILE_RUNNING =
      List.of(
          "http.allowedOrigins",
          "http.tls",
          "webSocket",
          "identity",
          "logging",
          "drain",
          "limits",
          "roomDefaults",
          "rooms");

  /** Exceptions: options that listening sockets use only when they are opened. */
  private static final Set<String> AT_START = Set.of("limits.headerBytes");

  /** Whether a property holds for the rooms whose names match a pattern. */
  private record Kind(String match, boolean holds) {}

  private final Config atStart;

  /** Creates a comparison with the configuration that the node was started with. */
  public ConfigChanges(Config atStart) {
    this.atStart = atStart;
  }

  /**
   * Returns the keys of the options that differ, without values, in the order of the files; {@code
   * rooms} counts as one.
   */
  public static List<String> between(Config before, Config after) {
    List<String> keys = new ArrayList<>();
    collect("", before, after, keys);
    return keys;
  }

  private static void collect(String prefix, Record before, Record after, List<String> keys) {
    for (RecordComponent component : before.getClass().getRecordComponents()) {
      Object one = value(component, before);
      Object other = value(component, after);
      String key = prefix + component.getName();
      if (one instanceof Record inner && other instanceof Record changed) {
        collect(key + ".", inner, changed, keys);
      } else if (!Objects.equals(one, other)) {
        keys.add(key);
      }
    }
  }

  private static Object value(RecordComponent component, Record of) {
    try {
      return component.getAccessor().invoke(of);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a record that cannot be read: " + component, e);
    }
  }

  /**
   * Returns the keys whose change needs a restart, with an explanation where the key alone is not
   * clear. Empty if the running node can apply the configuration.
   */
  public List<String> needRestart(Config next) {
    List<String> found = new ArrayList<>();
    for (String key : between(atStart, next)) {
      if (!isReloadable(key)) {
        found.add(key);
      }
    }
    if (next.http().tls().isOn() != atStart.http().tls().isOn()) {
      found.add("http.tls (on or off)");
    }
    if (!kinds(next, ConfigChanges::isLogged).equals(kinds(atStart, ConfigChanges::isLogged))) {
      found.add("history.messages (between 0 and more)");
    }
    if (!kinds(next, RoomOptions::presence).equals(kinds(atStart, RoomOptions::presence))) {
      found.add("presence");
    }
    if (atStart.cluster().enabled() && next.longestAgeSeconds() > atStart.longestAgeSeconds()) {
      found.add("history.ageSeconds (over " + atStart.longestAgeSeconds() + " in a cluster)");
    }
    return found;
  }

  /**
   * Returns whether a running node can apply a change of this option, in all or most cases.
   *
   * @param key the full name of an option, such as {@code identity.anonymous}
   */
  public static boolean isReloadable(String key) {
    return !AT_START.contains(key)
        && WHILE_RUNNING.stream().anyMatch(one -> key.equals(one) || key.startsWith(one + "."));
  }

  private static boolean isLogged(RoomOptions options) {
    return options.history().messages() > 0;
  }

  /**
   * Returns the rules that decide a property, without trailing rules that agree with the defaults.
   */
  private static List<Kind> kinds(Config config, Predicate<RoomOptions> property) {
    List<Kind> kinds = new ArrayList<>();
    for (Config.RoomRule rule : config.rooms()) {
      kinds.add(new Kind(rule.match(), property.test(rule.options())));
    }
    boolean usual = property.test(config.roomDefaults());
    while (!kinds.isEmpty() && kinds.get(kinds.size() - 1).holds() == usual) {
      kinds.remove(kinds.size() - 1);
    }
    kinds.add(new Kind("*", usual));
    return kinds;
  }
}
