package io.stentor.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** axe-core, which finds what keeps people from using a page. One thread: the browser's. */
public final class Axe {
  private static final String RUN =
      """
      () => axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
        violations
          .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
            `${id}: ${html}\\n${failureSummary}`)))
      """;

  private Axe() {}

  /** All that it finds in the page as it is now, one text each. */
  public static List<?> findings(Window window) {
    Path script = NpmPackages.directory().resolve("node_modules/axe-core/axe.min.js");
    try {
      window.page().evaluate(Files.readString(script) + "\n;null");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return (List<?>) window.page().evaluate(RUN);
  }
}
