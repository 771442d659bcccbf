package io.stentor;

import io.stentor.cluster.ClusteredVertx;
import io.stentor.config.Config;
import io.stentor.config.Config.LoggingOptions;
import io.stentor.config.Config.LoggingOptions.Format;
import io.stentor.config.Config.LoggingOptions.Level;
import io.stentor.config.ConfigException;
import io.stentor.config.ConfigLoader;
import io.stentor.config.LoadedConfig;
import io.stentor.history.LogInspection;
import io.stentor.identity.ApiKeys;
import io.stentor.identity.Tokens;
import io.stentor.lifecycle.Node;
import io.stentor.lifecycle.Signals;
import io.stentor.lifecycle.Startup;
import io.stentor.lifecycle.Stop;
import io.stentor.logging.LoggingSetup;
import io.stentor.tls.Certificate;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entry point: parses the arguments, loads the configuration, and runs a node until SIGTERM.
 */
public final class Main {
  static final int RUNNING = -1;
  static final int OK = 0;
  static final int CANNOT_START = 1;
  static final int REFUSED = 2;

  private final PrintStream out;
  private final PrintStream err;
  private final Path directory;
  private final Map<String, String> environment;
  private final BiFunction<LoadedConfig, Future<Void>, Future<Node>> start;

  Main(
      PrintStream out,
      PrintStream err,
      Path directory,
      Map<String, String> environment,
      BiFunction<LoadedConfig, Future<Void>, Future<Node>> start) {
    this.out = out;
    this.err = err;
    this.directory = directory;
    this.environment = environment;
    this.start = start;
  }

  /**
   * Runs a node until SIGTERM or SIGINT, then exits with 0. Exits with 1 if the node cannot start
   * or does not close in time, and with 2 if the arguments or the configuration are invalid.
   */
  public static void main(String[] args) {
    LoggingSetup.route();
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    int code = new Main(out, err, Path.of(""), System.getenv(), Startup::start).run(args);
    // Exits explicitly: the JVM would otherwise wait a second for an idle Netty thread.
    if (code != RUNNING) {
      System.exit(code);
    }
  }

  /** Executes the command. Returns the exit code, or {@link #RUNNING} once a node is running. */
  int run(String... args) {
    try {
      return run(Arguments.parse(args));
    } catch (Arguments.BadArguments | ConfigException e) {
      err.println(e.getMessage());
      return REFUSED;
    } catch (InvalidPathException e) {
      err.println(
          "the file name \""
              + e.getInput()
              + "\" cannot be written in this system's character set; set LC_ALL=C.UTF-8");
      return REFUSED;
    }
  }

  private int run(Arguments arguments) {
    if (arguments.help()) {
      out.print(Arguments.usage());
      return OK;
    }
    if (arguments.version()) {
      out.println("Stentor " + version());
      return OK;
    }
    if (arguments.newApiKey()) {
      printNewApiKey(arguments.admin());
      return OK;
    }
    if (arguments.inspected() != null) {
      return inspect(directory.resolve(arguments.inspected()));
    }
    LoadedConfig loaded =
        new ConfigLoader(directory, environment).load(arguments.files(), arguments.flags());
    check(loaded.config());
    if (arguments.check() || arguments.printConfig()) {
      loaded.warnings().forEach(err::println);
      out.println(
          arguments.printConfig()
              ? loaded.effective().encodePrettily()
              : "configuration is valid: " + String.join(", ", loaded.sources()));
      return OK;
    }
    return serve(loaded);
  }

  /** Prints what a data directory has. Fails if it cannot be read, or is damaged. */
  private int inspect(Path data) {
    LoggingSetup.apply(new LoggingOptions(Level.WARN, Format.TEXT));
    try {
      LogInspection found = LogInspection.of(data);
      found.print(out, Instant.now());
      return found.isDamaged() ? CANNOT_START : OK;
    } catch (AccessDeniedException e) {
      err.println(e.getFile() + " cannot be read by the user that runs this command");
      return CANNOT_START;
    } catch (IOException e) {
      err.println(e.getMessage() == null ? e.toString() : e.getMessage());
      return CANNOT_START;
    }
  }

  /** Prints the key to standard error, and to standard output a configuration that accepts it. */
  private void printNewApiKey(boolean isAdmin) {
    String key = ApiKeys.generate();
    JsonObject accepted = new JsonObject().put("name", isAdmin ? "admin" : "server");
    accepted.put("sha256", ApiKeys.hash(key));
    if (isAdmin) {
      accepted.put("admin", true);
    }
    JsonObject identity = new JsonObject().put("apiKeys", new JsonArray().add(accepted));
    err.println("The key, which is not stored anywhere: " + key);
    err.println("The configuration that accepts it, for a file of its own or to be merged:");
    out.println(new JsonObject().put("identity", identity).encodePrettily());
  }

  /**
   * Validates the certificates and keys that the configuration refers to, and discards the result.
   */
  private static void check(Config config) {
    ClusteredVertx.check(config.cluster().tls());
    Tokens.check(config.identity());
    if (config.http().tls().isOn()) {
      Certificate.read("http.tls", config.http().tls());
    }
  }

  private int serve(LoadedConfig loaded) {
    LoggingSetup.apply(loaded.config().logging());
    Logger log = LoggerFactory.getLogger(Main.class);
    loaded.warnings().forEach(log::warn);
    Promise<Void> cancelled = Promise.promise();
    Promise<Node> starting = Promise.promise();
    Stop stop = new Stop(starting.future(), cancelled, loaded.config().drain().timeoutSeconds());
    // Before the start, which blocks while the node joins its cluster.
    Signals.onStop(stop::ask);
    stop.watch();
    try {
      Future.succeededFuture()
          .compose(now -> start.apply(loaded, cancelled.future()))
          .onComplete(starting);
      Signals.onReload(starting.future().await()::reload);
      return RUNNING;
    } catch (ConfigException e) {
      throw e;
    } catch (CancellationException e) {
      return RUNNING; // The stop ends the process.
    } catch (Exception e) { // await rethrows the cause of the failure, even if it is checked
      err.println(e.getMessage() == null ? e.toString() : e.getMessage());
      log.debug("The node did not start", e);
      return CANNOT_START;
    }
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(not from a jar)" : version;
  }
}
