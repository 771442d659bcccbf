package io.stentor.page;

import com.microsoft.playwright.Page.WaitForConditionOptions;
import io.stentor.support.Window;
import java.util.function.BooleanSupplier;

/**
 * Waits for conditions that Playwright has no assertion for, while the events of the browser are
 * handled.
 */
final class Patience {

  private static final int MILLIS = 30_000;

  private Patience() {}

  /** Waits up to half a minute. */
  static void until(Window window, BooleanSupplier condition) {
    window.page().waitForCondition(condition, new WaitForConditionOptions().setTimeout(MILLIS));
  }
}
