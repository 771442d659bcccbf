package io.stentor.support;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A Chromium without a screen, the one that the machine has. One thread: the one that started it.
 */
public final class Browser implements AutoCloseable {
  /** Of two cores that also run a cluster, a browser sometimes has little. */
  private static final double PATIENCE_MILLIS = 20_000;

  private static final List<String> PLACES =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

  /** No sandbox, because that refuses to start as root; pages here are only our own. */
  private static final List<String> ARGUMENTS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;

  private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium) {
    this.playwright = playwright;
    this.chromium = chromium;
  }

  /**
   * Starts the browser that {@code CHROMIUM} names or that is found at a usual place. Where there
   * is none, the test is skipped, or fails if the system property {@code stentor.browser} is {@code
   * required}.
   */
  public static Browser start() {
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    Optional<Path> found = find();
    if (found.isEmpty()) {
      String message = "no Chromium at " + PLACES + " and none named by the variable CHROMIUM";
      if (System.getProperty("stentor.browser", "auto").equals("required")) {
        throw new AssertionError(message);
      }
      Assumptions.abort(message);
    }
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    LaunchOptions options =
        new LaunchOptions().setExecutablePath(found.orElseThrow()).setArgs(ARGUMENTS);
    return new Browser(playwright, playwright.chromium().launch(options));
  }

  private static Optional<Path> find() {
    return Stream.concat(Stream.of(System.getenv("CHROMIUM")), PLACES.stream())
        .filter(Objects::nonNull)
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Opens an address in a window of a new user: English, light, 1280 × 800, nothing remembered. */
  public Window open(String address) {
    return open(address, options -> {});
  }

  /** The same with other settings. */
  public Window open(
      String address, Consumer<com.microsoft.playwright.Browser.NewContextOptions> settings) {
    var options =
        new com.microsoft.playwright.Browser.NewContextOptions()
            .setLocale("en-GB")
            .setViewportSize(1280, 800)
            .setIgnoreHTTPSErrors(true);
    settings.accept(options);
    BrowserContext user = chromium.newContext(options);
    Page page = user.newPage();
    Window window = new Window(page);
    page.navigate(address);
    return window;
  }

  /** Closes all windows and ends the browser. */
  @Override
  public void close() {
    chromium.close();
    playwright.close();
  }
}
