package io.stentor.config;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The options that environment variables set. The variable of an option is {@code STENTOR_} and its
 * path in upper case: {@code STENTOR_HTTP_PORT} for {@code http.port}. An empty variable counts as
 * unset.
 *
 * @param values the options that are set
 * @param names the variables that set them
 * @param warnings one line for each variable that looks like an option but is none
 */
record Environment(JsonObject values, List<String> names, List<String> warnings) {
  /** Variables that Kubernetes sets in every container for a service named stentor…. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile("STENTOR_(\\w+_)?(SERVICE_(HOST|PORT\\w*)|PORT(_\\d+_(TCP|UDP|SCTP)\\w*)?)");

  private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

  static Environment read(Map<String, String> variables, ConfigSchema schema) {
    Map<String, KeyPath> options = schema.byEnvironmentName();
    JsonObject values = new JsonObject();
    List<String> names = new ArrayList<>();
    List<String> links = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    new TreeMap<>(variables)
        .tailMap(KeyPath.VARIABLE_PREFIX)
        .forEach(
            (name, text) -> {
              KeyPath option = options.get(name);
              if (!name.startsWith(KeyPath.VARIABLE_PREFIX) || text.isEmpty()) {
                return;
              }
              if (option != null && !isServiceAddress(name, text)) {
                option.put(values, schema.parse(option, text));
                names.add(name);
              } else if (isServiceLink(name, text)) {
                links.add(name);
              } else {
                warnings.add(
                    name
                        + " is not an option and is ignored; did you mean "
                        + ConfigSchema.nearest(name, options.keySet())
                        + "?");
              }
            });
    if (!links.isEmpty()) {
      warnings.add("ignored, as set by Kubernetes for a service: " + String.join(", ", links));
    }
    return new Environment(values, names, warnings);
  }

  /** Returns the variable that set a key, or the option that contains the key. */
  String variableOf(KeyPath key) {
    KeyPath option = key;
    while (!names.contains(option.environmentName()) && !option.parent().isRoot()) {
      option = option.parent();
    }
    return option.environmentName();
  }

  private static boolean isServiceLink(String name, String text) {
    return SERVICE_LINK.matcher(name).matches()
        && (!name.endsWith("_PORT")
            || name.endsWith("_SERVICE_PORT")
            || name.matches(".*_\\d+_(TCP|UDP|SCTP)_PORT")
            || isServiceAddress(name, text));
  }

  /** A service {@code stentor-http} sets STENTOR_HTTP_PORT, which is an option's variable, too. */
  private static boolean isServiceAddress(String name, String text) {
    return name.endsWith("_PORT") && SERVICE_ADDRESS.matcher(text).matches();
  }
}
