package io.stentor.page;

import io.stentor.support.Window;

/** How much a page has jumped. */
final class LayoutShift {

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

  private LayoutShift() {}

  /** Returns the cumulative layout shift since the page was opened. */
  static double of(Window window) {
    return ((Number) window.page().evaluate(SHIFT)).doubleValue();
  }
}
