package io.stentor.page;

import io.stentor.support.NpmPackages;
import io.stentor.support.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What keeps people from using a page: by axe-core, and what jumps. */
final class Accessible {

  private static final String SERIOUS =
      """
      () => axe.run().then(({ violations }) => violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
              `${id}: ${html}: ${failureSummary}`)))
      """;

  private static final String SHIFT =
      """
      () => new Promise((done) => {
        new PerformanceObserver((list) => done(list.getEntries()
            .filter((entry) => !entry.hadRecentInput)
            .reduce((sum, entry) => sum + entry.value, 0)))
          .observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(0), 500);
      })
      """;

  private Accessible() {}

  /** Serious and critical findings of axe-core, one line each. */
  static List<?> seriousFindings(Window window) {
    Path axe = NpmPackages.directory().resolve("node_modules/axe-core/axe.min.js");
    try {
      window.page().evaluate(Files.readString(axe));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return (List<?>) window.page().evaluate(SERIOUS);
  }

  /** How much of the page has jumped since it was opened: cumulative layout shift. */
  static double shift(Window window) {
    return ((Number) window.page().evaluate(SHIFT)).doubleValue();
  }
}
