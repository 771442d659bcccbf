package io.stentor;

import io.stentor.config.ConfigLoader.Flag;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The parsed command line.
 *
 * @param files the value of every {@code --conf}, in order
 * @param flags the flags that set options
 * @param inspected the data directory to inspect; null for none
 */
record Arguments(
    List<String> files,
    List<Flag> flags,
    boolean check,
    boolean printConfig,
    boolean newApiKey,
    boolean admin,
    @Nullable String inspected,
    boolean version,
    boolean help) {

  /** Thrown for an invalid command line. The message is a single line. */
  static final class BadArguments extends Exception {
    private static final long serialVersionUID = 1L;

    BadArguments(String message) {
      super(message);
    }
  }

  static Arguments parse(String... args) throws BadArguments {
    try {
      ParseResult result = new CommandLine(spec()).setExpandAtFiles(false).parseArgs(args);
      List<Flag> flags = new ArrayList<>();
      flag(flags, result, "--host", "http.host");
      flag(flags, result, "--port", "http.port");
      flag(flags, result, "--data-dir", "dataDir");
      if (result.hasMatchedOption("--cluster")) {
        flags.add(new Flag("--cluster", "cluster.enabled", "true"));
      }
      if (result.hasMatchedOption("--demo")) {
        flags.add(new Flag("--demo", "demo.enabled", "true"));
      }
      if (result.hasMatchedOption("--admin") && !result.hasMatchedOption("--new-api-key")) {
        throw new BadArguments("--admin belongs to --new-api-key; try --help");
      }
      return new Arguments(
          List.of(result.matchedOptionValue("--conf", new String[0])),
          flags,
          result.hasMatchedOption("--check"),
          result.hasMatchedOption("--print-config"),
          result.hasMatchedOption("--new-api-key"),
          result.hasMatchedOption("--admin"),
          result.matchedOptionValue("--inspect-data", null),
          result.hasMatchedOption("--version"),
          result.hasMatchedOption("--help"));
    } catch (UnmatchedArgumentException e) {
      throw new BadArguments("unknown argument " + e.getUnmatched().get(0) + "; try --help");
    } catch (ParameterException e) {
      throw new BadArguments(
          String.valueOf(e.getMessage()).lines().findFirst().orElse("") + "; try --help");
    }
  }

  /** Returns the text that {@code --help} prints. */
  static String usage() {
    return new CommandLine(spec()).getUsageMessage(Ansi.OFF);
  }

  private static void flag(List<Flag> flags, ParseResult result, String name, String key) {
    if (result.hasMatchedOption(name)) {
      flags.add(new Flag(name, key, result.matchedOptionValue(name, "")));
    }
  }

  private static CommandSpec spec() {
    CommandSpec spec = CommandSpec.create().name("java -jar stentor.jar");
    spec.usageMessage()
        .description(
            "A broadcast server: what comes in on one socket goes out to everyone in the room, on"
                + " every node.",
            "")
        .abbreviateSynopsis(false)
        .sortOptions(false)
        .footer(
            "",
            "conf/stentor.json in the working directory is read if it is there. Each",
            "option also has an environment variable: http.port is STENTOR_HTTP_PORT. The",
            "later one wins: that file, --conf files in order, environment, flags.",
            "",
            "Exit codes: 0 stopped as asked, 1 could not start or stop, 2 bad arguments or"
                + " options.");
    spec.addOption(
        value("--conf", "FILE", "A JSON file of options; may be given several times.")
            .type(String[].class)
            .build());
    spec.addOption(value("--host", "H", "Address to serve on (http.host).").build());
    spec.addOption(value("--port", "N", "Port to serve on (http.port).").build());
    spec.addOption(
        value("--data-dir", "DIR", "Directory that keeps messages across restarts (dataDir).")
            .build());
    spec.addOption(plain("--cluster", "Join a cluster (cluster.enabled)."));
    spec.addOption(
        plain(
            "--demo",
            "Publish made-up prices to rooms quotes:*, for the page /quotes.html (demo.enabled)."));
    spec.addOption(plain("--check", "Only check the configuration."));
    spec.addOption(plain("--print-config", "Only print the configuration that results."));
    spec.addOption(plain("--new-api-key", "Print a new API key, and the JSON that configures it."));
    spec.addOption(plain("--admin", "With --new-api-key: a key that opens /admin.html, too."));
    spec.addOption(
        value("--inspect-data", "DIR", "Print what a data directory has, without changing it.")
            .build());
    spec.addOption(plain("--version", "Print the version."));
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .type(boolean.class)
            .arity("0")
            .description("Print this.")
            .build());
    return spec;
  }

  private static OptionSpec.Builder value(String name, String label, String description) {
    return OptionSpec.builder(name).paramLabel(label).type(String.class).description(description);
  }

  private static OptionSpec plain(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).arity("0").description(description).build();
  }
}
