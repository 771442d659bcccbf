package io.stentor.page;

import com.microsoft.playwright.Page.WaitForConditionOptions;
import io.stentor.support.Window;
import java.util.function.BooleanSupplier;

/** Waits for what no assertion of the browser's says, while the browser's events go on. */
final class Patience {

  private static final int MILLIS = 30_000;

  private Patience() {}

  /** Waits up to half a minute. */
  static void until(Window window, BooleanSupplier condition) {
    window.page().waitForCondition(condition, new WaitForConditionOptions().setTimeout(MILLIS));
  }
}
