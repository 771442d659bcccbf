package io.stentor.lifecycle;

import io.stentor.config.Config;
import io.stentor.config.Config.LoggingOptions;
import io.stentor.config.ConfigChanges;
import io.stentor.config.ConfigException;
import io.stentor.config.HttpOptions.TlsOptions;
import io.stentor.config.IdentityOptions.TokenOptions;
import io.stentor.config.LiveConfig;
import io.stentor.config.LoadedConfig;
import io.stentor.identity.Access;
import io.stentor.identity.Tokens;
import io.stentor.logging.LoggingSetup;
import io.stentor.tls.Certificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads changed configuration files and certificates while the node runs. A change is applied as
 * a whole or rejected as a whole. Files are checked every {@value #POLL_SECONDS} s, and on request.
 * Runs on its own thread.
 */
public final class Reload {

  static final int POLL_SECONDS = 2;
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

  private final LoadedConfig atStart;
  private final UnaryOperator<Config> completed;
  private final LiveConfig live;
  private final Access access;
  private final Runnable changed;
  private final Consumer<Certificate> renew;
  private final ConfigChanges changes;
  private final FileWatch settings;
  private final FileWatch certificates;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "reload");
            made.setDaemon(true);
            return made;
          });

  /**
   * Creates a reload that is not running.
   *
   * @param completed adds this node's own settings to a configuration
   * @param changed called after a new configuration is in effect; must not throw
   * @param renew presents a new certificate to new connections
   */
  public Reload(
      LoadedConfig atStart,
      UnaryOperator<Config> completed,
      LiveConfig live,
      Access access,
      Runnable changed,
      Consumer<Certificate> renew) {
    this.atStart = atStart;
    this.completed = completed;
    this.live = live;
    this.access = access;
    this.changed = changed;
    this.renew = renew;
    this.changes = new ConfigChanges(atStart.config());
    this.settings = new FileWatch(this::settingsFiles);
    this.certificates = new FileWatch(this::certificateFiles);
  }

  private Collection<Path> settingsFiles() {
    TokenOptions tokens = live.get().identity().tokens();
    List<Path> files = new ArrayList<>(atStart.files());
    if (!tokens.hmacSecretFile().isEmpty()) {
      files.add(Path.of(tokens.hmacSecretFile()));
    }
    tokens.publicKeyFiles().forEach(file -> files.add(Path.of(file)));
    return files;
  }

  private Collection<Path> certificateFiles() {
    TlsOptions tls = live.get().http().tls();
    return tls.isOn() ? List.of(Path.of(tls.certificateFile()), Path.of(tls.keyFile())) : List.of();
  }

  /** Starts checking the files periodically. */
  void begin() {
    thread.scheduleWithFixedDelay(
        () -> logFailure(this::check), POLL_SECONDS, POLL_SECONDS, TimeUnit.SECONDS);
  }

  /** Reloads everything now, even if no file has changed. Any thread. */
  void now() {
    thread.execute(
        () ->
            logFailure(
                () -> {
                  LOG.info("reloading the configuration on request");
                  read();
                  renewCertificate();
                  settings.settle();
                  certificates.settle();
                }));
  }

  /** Stops checking the files. */
  void end() {
    thread.shutdown();
  }

  private static void logFailure(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("the configuration stays as it was", e);
    }
  }

  private void check() {
    if (settings.changed()) {
      read();
      settings.settle();
    }
    if (certificates.changed()) {
      renewCertificate();
    }
  }

  private void read() {
    try {
      LoadedConfig loaded = atStart.again().get();
      loaded.warnings().forEach(LOG::warn);
      take(completed.apply(loaded.config()));
    } catch (ConfigException e) {
      LOG.warn("the configuration stays as it was: {}", e.getMessage());
    }
  }

  /** Applies a configuration. All steps that can fail come before the first change. */
  private void take(Config next) {
    Config before = live.get();
    List<String> restart = changes.needRestart(next);
    if (!restart.isEmpty()) {
      throw new ConfigException(
          "only a restart can change " + String.join(", ", restart) + "; nothing was changed");
    }
    boolean otherPair = !next.http().tls().equals(before.http().tls());
    Certificate certificate = otherPair ? certificate(next.http().tls()) : null;
    List<String> known = Tokens.warnings(before);
    List<String> warnings = Tokens.warnings(next);
    Access.Change change = access.prepare(next.identity());
    boolean otherTokens = change.hasOtherTokens();
    live.set(next);
    change.apply();
    changed.run();
    log(before.logging(), next.logging());
    show(certificate);
    if (otherPair) {
      certificates.settle();
    }
    tell(ConfigChanges.between(before, next), otherTokens);
    known.forEach(warnings::remove);
    warnings.forEach(LOG::warn);
  }

  private static @Nullable Certificate certificate(TlsOptions tls) {
    return tls.isOn() ? Certificate.read("http.tls", tls) : null;
  }

  private static void log(LoggingOptions before, LoggingOptions next) {
    if (before.format() != next.format()) {
      LoggingSetup.apply(next);
    } else if (before.level() != next.level()) {
      LoggingSetup.relevel(next.level());
    }
  }

  private static void tell(List<String> keys, boolean otherTokens) {
    if (!keys.isEmpty()) {
      LOG.info("configuration changed: {}", String.join(", ", keys));
    } else if (otherTokens) {
      LOG.info("configuration changed: the keys for tokens were read again");
    } else {
      LOG.info("configuration read again: nothing is different");
    }
  }

  private void renewCertificate() {
    try {
      show(certificate(live.get().http().tls()));
    } catch (ConfigException e) {
      LOG.warn("the certificate stays the one that it was: {}", e.getMessage());
    }
  }

  private void show(@Nullable Certificate certificate) {
    if (certificate != null) {
      renew.accept(certificate);
      certificate.log(LOG);
    }
  }

  /**
   * Detects changes to files by their modification time, size and file key. A changed file may be
   * half written, so a change counts only once two consecutive checks agree. Must be used by one
   * thread only.
   */
  private static final class FileWatch {

    private static final String MISSING = "missing";

    private final Supplier<Collection<Path>> files;
    private Map<Path, String> settled;
    private Map<Path, String> last;

    /**
     * Creates a watch that starts from the current state of the files.
     *
     * @param files supplies the files at each check; they need not exist
     */
    FileWatch(Supplier<Collection<Path>> files) {
      this.files = files;
      this.settled = marks();
      this.last = settled;
    }

    /** Checks the files. Returns true once for each change. */
    boolean changed() {
      Map<Path, String> now = marks();
      boolean quiet = now.equals(last);
      last = now;
      if (now.equals(settled) || !quiet) {
        return false;
      }
      settled = now;
      return true;
    }

    /** Accepts the current state of the files as known. */
    void settle() {
      settled = marks();
      last = settled;
    }

    private Map<Path, String> marks() {
      Map<Path, String> marks = new HashMap<>();
      for (Path file : files.get()) {
        marks.put(file, mark(file));
      }
      return marks;
    }

    private static String mark(Path file) {
      try {
        BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
        return is.lastModifiedTime().toInstant() + " " + is.size() + " " + is.fileKey();
      } catch (IOException e) {
        return MISSING;
      }
    }
  }
}
